/// A mask that cannot be read: where, what is wrong, and what to do about it.
package struct MaskError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, and the annotation in it.
    package let place: String
    /// What is wrong.
    package let what: String
    /// What would have been right.
    package let expected: String
    /// What there was.
    package let got: String
    /// What the user can do.
    package let advice: String

    package var description: String {
        "\(place): \(what) (expected \(expected), got \(got)); \(advice)"
    }
}
