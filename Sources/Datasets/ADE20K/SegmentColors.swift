import Annotations

/// Colours for the segments of an image that resemble those of their classes, no two alike: panopticapi's
/// IdGenerator. Stuff has the class's colour, and so has the first thing of a class.
struct SegmentColors {
    private let classes: ClassTable
    private var taken: Set<RGBColor>

    /// No segment yet; the colours of `classes` differ.
    init(_ classes: ClassTable) {
        self.classes = classes
        taken = Set(classes.colors.indices.filter { !classes.isThing[$0] }.map { classes.colors[$0] })
        taken.insert(.init(0, 0, 0))
    }

    /// The number of the next segment of a class.
    mutating func next(_ classNumber: Int) -> Int {
        let base = classes.colors[classNumber]
        return classes.isThing[classNumber] ? base.unused(in: &taken).number : base.number
    }
}
