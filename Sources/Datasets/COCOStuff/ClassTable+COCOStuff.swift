import Annotations

extension ClassTable {
    /// COCO-Stuff-10k's classes 0 to 170: COCO's 80 things, then 91 kinds of stuff, categories 92 to 182. Names,
    /// categories and the things' colours as MaskFormer's register_coco_stuff_10k.py has them, which gives stuff no
    /// colours.
    package static let cocoStuff: ClassTable = {
        let things = ClassTable.cocoThings
        let classes = things.names.indices.map {
            ClassDescription(name: things.names[$0], color: things.colors[$0], isThing: true)
        }
        let stuff = cocoStuffNames.enumerated().map {
            ClassDescription(name: $1, color: .pascal(things.count + $0), isThing: false)
        }
        return ClassTable(classes + stuff, categoryIDs: things.categoryIDs + Array(92...182), ignoreLabel: 255)
    }()

    private static let cocoStuffNames = [
        "banner", "blanket", "branch", "bridge", "building-other", "bush", "cabinet", "cage", "cardboard",
        "carpet", "ceiling-other", "ceiling-tile", "cloth", "clothes", "clouds", "counter", "cupboard", "curtain",
        "desk-stuff", "dirt", "door-stuff", "fence", "floor-marble", "floor-other", "floor-stone", "floor-tile",
        "floor-wood", "flower", "fog", "food-other", "fruit", "furniture-other", "grass", "gravel",
        "ground-other", "hill", "house", "leaves", "light", "mat", "metal", "mirror-stuff", "moss", "mountain",
        "mud", "napkin", "net", "paper", "pavement", "pillow", "plant-other", "plastic", "platform",
        "playingfield", "railing", "railroad", "river", "road", "rock", "roof", "rug", "salad", "sand", "sea",
        "shelf", "sky-other", "skyscraper", "snow", "solid-other", "stairs", "stone", "straw", "structural-other",
        "table", "tent", "textile-other", "towel", "tree", "vegetable", "wall-brick", "wall-concrete",
        "wall-other", "wall-panel", "wall-stone", "wall-tile", "wall-wood", "water-other", "waterdrops",
        "window-blind", "window-other", "wood",
    ]
}
