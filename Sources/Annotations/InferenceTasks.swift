/// What is made of a network's output.
package struct InferenceTasks: OptionSet, Sendable {
    package let rawValue: Int
    /// A class for every pixel.
    package static let semantic = InferenceTasks(rawValue: 1)
    /// A segment for every pixel.
    package static let panoptic = InferenceTasks(rawValue: 2)
    /// Masks of things with scores.
    package static let instance = InferenceTasks(rawValue: 4)

    package init(rawValue: Int) { self.rawValue = rawValue }
}
