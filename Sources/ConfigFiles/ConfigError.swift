/// What is wrong with a configuration: where, which key, expected, got, and what was probably meant.
package struct ConfigError: Error, Sendable, Equatable {
    /// The kinds of fault, for those who must tell them apart.
    package enum Kind: Sendable, Equatable {
        /// The file, or one it names in `_BASE_`, can't be read.
        case unreadable
        /// The text isn't YAML, or uses a form that is refused.
        case syntax
        /// A key stands twice in one file.
        case duplicateKey
        /// `_BASE_` leads back to a file already being read.
        case baseCycle
        /// A key that nothing knows.
        case unknownKey
        /// A value of another type than the key's default.
        case wrongType
        /// A value of the right type that can't be used.
        case invalidValue
        /// A known setting whose feature isn't built.
        case unavailable
    }

    /// What went wrong, for code that tells cases apart.
    package let kind: Kind
    /// Where the offending text stands; nil where no place is to blame.
    package let origin: ConfigOrigin?
    /// The dotted key concerned, where there is one.
    package let key: String?
    /// What is wrong, in one sentence without the place.
    package let problem: String
    /// What to do: the nearest key, the accepted values.
    package let hint: String?

    /// An error of `kind`, with a problem in one sentence.
    package init(
        _ kind: Kind, at origin: ConfigOrigin?, key: String? = nil, _ problem: String, hint: String? = nil
    ) {
        self.kind = kind
        self.origin = origin
        self.key = key
        self.problem = problem
        self.hint = hint
    }
}

extension ConfigError: CustomStringConvertible {
    /// `file:line:column: KEY: problem`, the source line with a caret, and the hint.
    package var description: String {
        var text = origin.map { "\($0): " } ?? ""
        text += key.map { "\($0): " } ?? ""
        text += problem
        if let snippet = origin?.snippet { text += "\n\(snippet)" }
        if let hint { text += "\n  \(hint)" }
        return text
    }
}
