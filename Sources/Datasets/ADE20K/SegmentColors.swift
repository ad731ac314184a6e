import Annotations

/// Colours for the segments of an image that resemble those of their classes, no two alike: panopticapi's
/// IdGenerator. Stuff has the class's colour, and so has the first thing of a class.
struct SegmentColors {
    private static let reach = 30
    /// Offsets within `reach`, three to a colour.
    private static let side = 2 * reach + 1

    private let classes: ClassTable
    private var taken: Set<RGBColor>

    /// No segment yet; the colours of `classes` differ.
    init(_ classes: ClassTable) {
        self.classes = classes
        taken = Set(classes.colors.indices.filter { !classes.isThing[$0] }.map { classes.colors[$0] })
        taken.insert(.init(0, 0, 0))
    }

    /// The number of the next segment of a class: red + 256 green + 65536 blue.
    mutating func next(_ classNumber: Int) -> Int {
        let base = classes.colors[classNumber]
        if !classes.isThing[classNumber] { return base.number }
        var (color, attempt) = (base, 0)
        while !taken.insert(color).inserted {
            attempt += 1
            // PARITY: the official generator draws offsets without a seed; these visit all of them.
            let offset = attempt * 7919 % (Self.side * Self.side * Self.side)
            color = .init(
                Self.moved(base.red, offset % Self.side), Self.moved(base.green, offset / Self.side % Self.side),
                Self.moved(base.blue, offset / (Self.side * Self.side)))
        }
        return color.number
    }

    private static func moved(_ level: UInt8, _ offset: Int) -> UInt8 {
        UInt8(clamping: Int(level) + offset - reach)
    }
}

extension RGBColor {
    fileprivate var number: Int { Int(red) + 256 * Int(green) + 65_536 * Int(blue) }
}
