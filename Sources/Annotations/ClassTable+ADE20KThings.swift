extension ClassTable {
    /// ADE20K's 100 classes of instances. Instance images number them from 1; class k is the k-th thing of
    /// `ade20k`, whose number is its category, under the name that the official
    /// register_ade20k_instance.py gives it.
    package static let ade20kThings: ClassTable = {
        let things = ade20k.things
        let classes = zip(ade20kThingNames, things.colors).map {
            ClassDescription(name: $0, color: $1, isThing: true)
        }
        return ClassTable(classes, categoryIDs: things.categoryIDs, ignoreLabel: things.ignoreLabel)
    }()

    private static let ade20kThingNames = [
        "bed", "windowpane", "cabinet", "person", "door", "table", "curtain", "chair", "car", "painting",
        "sofa", "shelf", "mirror", "armchair", "seat", "fence", "desk", "wardrobe", "lamp", "bathtub",
        "railing", "cushion", "box", "column", "signboard", "chest of drawers", "counter", "sink",
        "fireplace", "refrigerator", "stairs", "case", "pool table", "pillow", "screen door", "bookcase",
        "coffee table", "toilet", "flower", "book", "bench", "countertop", "stove", "palm", "kitchen island",
        "computer", "swivel chair", "boat", "arcade machine", "bus", "towel", "light", "truck", "chandelier",
        "awning", "streetlight", "booth", "television receiver", "airplane", "apparel", "pole", "bannister",
        "ottoman", "bottle", "van", "ship", "fountain", "washer", "plaything", "stool", "barrel", "basket",
        "bag", "minibike", "oven", "ball", "food", "step", "trade name", "microwave", "pot", "animal",
        "bicycle", "dishwasher", "screen", "sculpture", "hood", "sconce", "vase", "traffic light", "tray",
        "ashcan", "fan", "plate", "monitor", "bulletin board", "radiator", "glass", "clock", "flag",
    ]
}
