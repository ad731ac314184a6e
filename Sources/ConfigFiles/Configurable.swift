/// A value that is read from the keys of a configuration.
package protocol Configurable {
    /// Its keys, and where their values go.
    static var sections: [SettingSection<Self>] { get }

    /// A value before any key is read.
    init()

    /// Reads and checks what several keys say together. Throws `ConfigError`.
    mutating func finish(_ reader: ConfigReader) throws
}

extension Configurable {
    /// The value that a configuration asks for. Throws `ConfigError` for a value that cannot be used; what is not
    /// built is noted by `reader.refuse`.
    package init(_ reader: ConfigReader) throws {
        self.init()
        for section in Self.sections { try section.decode(reader, into: &self) }
        try finish(reader)
    }

    /// Every key with its default and its meaning.
    package static var declarations: [KeyDeclaration] { sections.flatMap(\.declarations) }

    package mutating func finish(_ reader: ConfigReader) throws {}
}
