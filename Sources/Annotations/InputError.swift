/// What is wrong with something from outside: an image, a mask, a list, a prediction.
package struct InputError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, or the image, that it is about.
    package let place: String
    /// What is wrong.
    package let what: String
    /// What it should be, and what it is, where that says more.
    package let expected, got: String?
    /// What to do about it.
    package let advice: String

    package init(place: String, what: String, expected: String? = nil, got: String? = nil, advice: String) {
        (self.place, self.what, self.expected, self.got, self.advice) = (place, what, expected, got, advice)
    }

    package var description: String {
        let values = [expected.map { "expected \($0)" }, got.map { "got \($0)" }].compactMap(\.self)
        return "\(place): \(what)" + (values.isEmpty ? "" : " (\(values.joined(separator: ", ")))") + "; " + advice
    }
}
