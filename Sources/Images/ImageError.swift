/// A file that cannot be read or written as an image: where, what is wrong, and what to do about it.
package struct ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    package let path: String
    /// What is wrong.
    package let what: String
    /// What the reader or writer needs; nil where `what` says it.
    package let expected: String?
    /// What it found.
    package let got: String?
    /// What the user can do.
    package let advice: String

    /// `expected` and `got` where there is a value to compare.
    package init(path: String, what: String, expected: String? = nil, got: String? = nil, advice: String) {
        self.path = path
        self.what = what
        self.expected = expected
        self.got = got
        self.advice = advice
    }

    /// The file, what is wrong with it, and what to do.
    package var description: String {
        var text = "\(path): \(what)"
        switch (expected, got) {
        case (let expected?, let got?): text += " (expected \(expected), got \(got))"
        case (let expected?, nil): text += " (expected \(expected))"
        case (nil, let got?): text += " (got \(got))"
        case (nil, nil): break
        }
        return text + "; " + advice
    }
}
