extension ClassTable {
    /// Cityscapes' 19 evaluated classes, numbered by trainId (cityscapesScripts, helpers/labels.py); their
    /// categories are the ids.
    package static let cityscapes = ClassTable(
        evaluated.map { ClassDescription(name: $0.name, color: $0.color, isThing: $0.hasInstances) },
        categoryIDs: evaluated.map(\.id), ignoreLabel: 255)

    private static let evaluated = CityscapesLabel.all.filter { !$0.isIgnored }.sorted { $0.trainID < $1.trainID }
}

/// A row of Cityscapes' label table (cityscapesScripts, helpers/labels.py), as stored in labelIds images.
package struct CityscapesLabel: Sendable, Equatable {
    /// As in the official table.
    package let name: String
    /// The number in labelIds images.
    package let id: Int
    /// The class number in training; 255 is ignored.
    package let trainID: Int
    /// The group it belongs to: flat, vehicle, void, ….
    package let category: String
    /// Whether its objects are told apart (things).
    package let hasInstances: Bool
    /// As in the official drawings.
    package let color: RGBColor

    /// Whether evaluation ignores the label.
    package var isIgnored: Bool { trainID == 255 }

    /// Ids 0 to 33, in order. The license plate (id −1, trainId −1) never appears in an image and is left
    /// out.
    package static let all: [CityscapesLabel] = [
        void("unlabeled", 0, 0, 0), void("ego vehicle", 0, 0, 0), void("rectification border", 0, 0, 0),
        void("out of roi", 0, 0, 0), void("static", 0, 0, 0), void("dynamic", 111, 74, 0),
        void("ground", 81, 0, 81),
        stuff("road", 0, "flat", 128, 64, 128), stuff("sidewalk", 1, "flat", 244, 35, 232),
        stuff("parking", 255, "flat", 250, 170, 160), stuff("rail track", 255, "flat", 230, 150, 140),
        stuff("building", 2, "construction", 70, 70, 70), stuff("wall", 3, "construction", 102, 102, 156),
        stuff("fence", 4, "construction", 190, 153, 153),
        stuff("guard rail", 255, "construction", 180, 165, 180),
        stuff("bridge", 255, "construction", 150, 100, 100),
        stuff("tunnel", 255, "construction", 150, 120, 90),
        stuff("pole", 5, "object", 153, 153, 153), stuff("polegroup", 255, "object", 153, 153, 153),
        stuff("traffic light", 6, "object", 250, 170, 30), stuff("traffic sign", 7, "object", 220, 220, 0),
        stuff("vegetation", 8, "nature", 107, 142, 35), stuff("terrain", 9, "nature", 152, 251, 152),
        stuff("sky", 10, "sky", 70, 130, 180), thing("person", 11, "human", 220, 20, 60),
        thing("rider", 12, "human", 255, 0, 0), thing("car", 13, "vehicle", 0, 0, 142),
        thing("truck", 14, "vehicle", 0, 0, 70), thing("bus", 15, "vehicle", 0, 60, 100),
        thing("caravan", 255, "vehicle", 0, 0, 90), thing("trailer", 255, "vehicle", 0, 0, 110),
        thing("train", 16, "vehicle", 0, 80, 100), thing("motorcycle", 17, "vehicle", 0, 0, 230),
        thing("bicycle", 18, "vehicle", 119, 11, 32),
    ].enumerated().map { id, make in make(id) }

    /// trainId by id: 256 entries, 255 where there is no class.
    package static let trainIDs: [UInt16] = (0..<256).map { id in
        UInt16(id < all.count ? all[id].trainID : 255)
    }

    private static func void(_ name: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> (Int) ->
        CityscapesLabel
    {
        stuff(name, 255, "void", red, green, blue)
    }

    private static func stuff(
        _ name: String, _ trainID: Int, _ category: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8
    ) -> (Int) -> CityscapesLabel {
        label(name, trainID, category, hasInstances: false, RGBColor(red, green, blue))
    }

    private static func thing(
        _ name: String, _ trainID: Int, _ category: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8
    ) -> (Int) -> CityscapesLabel {
        label(name, trainID, category, hasInstances: true, RGBColor(red, green, blue))
    }

    /// A function from a number in labelIds images to the row.
    private static func label(
        _ name: String, _ trainID: Int, _ category: String, hasInstances: Bool, _ color: RGBColor
    ) -> (Int) -> CityscapesLabel {
        {
            CityscapesLabel(
                name: name, id: $0, trainID: trainID, category: category,
                hasInstances: hasInstances, color: color)
        }
    }
}
