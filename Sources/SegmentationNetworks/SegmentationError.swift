/// What went wrong: where, what, and what to do. The only error that this library throws.
public struct SegmentationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where: a file, a line of a configuration with its key, or a name that the caller gave.
    public let place: String
    /// What is wrong.
    public let what: String
    /// What was expected, where that says more.
    public let expected: String?
    /// What was found instead, where that says more.
    public let got: String?
    /// What to do about it.
    public let advice: String

    package init(place: String, what: String, expected: String? = nil, got: String? = nil, advice: String) {
        (self.place, self.what, self.expected, self.got, self.advice) = (place, what, expected, got, advice)
    }

    /// All of it in one sentence.
    public var description: String {
        let values = [expected.map { "expected \($0)" }, got.map { "got \($0)" }].compactMap(\.self)
        return "\(place): \(what)" + (values.isEmpty ? "" : " (\(values.joined(separator: ", ")))")
            + (advice.isEmpty ? "" : "; \(advice)")
    }
}
