/// The keys that exist, each with its default, whose type is the key's type.
package struct ConfigSchema: Sendable {
    private let defaults: ConfigDocument
    private let sections: Set<String>
    private let openSections: [String]

    /// A schema of these keys, in their order; a key may be declared several times, always alike. `openSections` are
    /// accepted whatever they hold, because nothing here reads them.
    package init(_ declarations: [KeyDeclaration], openSections: [String] = []) {
        self.openSections = openSections
        var builtIn = ConfigDocument()
        for declaration in declarations {
            let (key, value) = (declaration.key, declaration.defaultValue)
            precondition((builtIn[key]?.value ?? value) == value, "\(key) is declared with two defaults")
            builtIn.set(key, .init(value: value, origin: .builtIn, keyOrigin: .builtIn))
        }
        self.defaults = builtIn
        var sections: Set<String> = []
        for key in builtIn.keys {
            let parts = key.split(separator: ".")
            for length in 1..<max(1, parts.count) { sections.insert(parts[..<length].joined(separator: ".")) }
        }
        self.sections = sections
    }

    /// The known keys in the order of the table.
    package var keys: [String] { defaults.keys }

    /// The defaults with the document laid over them.
    /// Throws `ConfigError` for an unknown key (with the nearest one) and for a value of another type.
    package func resolve(_ document: ConfigDocument) throws -> ConfigDocument {
        for (section, origin) in document.sections.sorted(by: { $0.key < $1.key })
        where !isKnown(section: section) {
            throw unknown(section, at: origin, near: nearestName(to: section, among: sections.sorted()))
        }
        var result = defaults
        for key in document.keys {
            guard var entry = document[key] else { continue }
            if let known = defaults[key] {
                entry.value = try converted(entry, key: key, like: known.value)
                result.set(key, entry)
            } else if isOpen(key) {
                result.set(key, entry)
            } else if !(sections.contains(key) && entry.value == .null) {
                throw sections.contains(key)
                    ? ConfigError(
                        .wrongType, at: entry.origin, key: key, "is a section: expected keys beneath it")
                    : unknown(key, at: entry.keyOrigin, near: nearestKey(to: key, among: keys))
            }
        }
        return result
    }

    private func isOpen(_ key: String) -> Bool {
        openSections.contains { key == $0 || key.hasPrefix($0 + ".") }
    }

    private func isKnown(section: String) -> Bool { sections.contains(section) || isOpen(section) }

    private func unknown(_ key: String, at origin: ConfigOrigin, near: String?) -> ConfigError {
        ConfigError(.unknownKey, at: origin, key: key, "unknown key", hint: near.map { "did you mean \($0)?" })
    }

    /// detectron2's rules: the type of the default, with int → float and tuple ↔ list allowed. Beyond them a text that
    /// looks like a number or a boolean is a text where one is expected, and a text alone is a list of one text.
    private func converted(_ entry: ConfigDocument.Entry, key: String, like known: ConfigValue) throws
        -> ConfigValue
    {
        switch (known, entry.value) {
        case (.null, _), (.boolean, .boolean), (.integer, .integer), (.real, .real), (.text, .text),
            (.list, .list):
            return entry.value
        case (.real, .integer(let value)):
            return .real(Double(value))
        case (.list(let elements), .text(let text)) where elements.allSatisfy(\.isText):
            return .list(text.isEmpty ? [] : [.text(text)])
        default:
            if known.isText, entry.value != .null, let text = entry.text { return .text(text) }
            let example = if case .list = known { ", such as \(known)" } else { "" }
            throw ConfigError(
                .wrongType, at: entry.origin, key: key,
                "expected \(known.kindName)\(example), got \(entry.value)")
        }
    }
}
