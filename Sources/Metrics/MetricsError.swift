/// Labels or predictions that cannot be scored: where, what is wrong, and what to do about it.
package struct MetricsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The image or file.
    package let place: String
    /// What is wrong.
    package let what: String
    /// What would have been right.
    package let expected: String
    /// What there was.
    package let got: String
    /// What the user can do.
    package let advice: String

    /// An error at `place`, with what to do about it.
    package init(place: String, what: String, expected: String, got: String, advice: String) {
        self.place = place
        self.what = what
        self.expected = expected
        self.got = got
        self.advice = advice
    }

    /// The place, what is wrong there, and what to do.
    package var description: String {
        "\(place): \(what) (expected \(expected), got \(got)); \(advice)"
    }
}
