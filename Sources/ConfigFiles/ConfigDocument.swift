/// A configuration as read: leaves by dotted key, in the order they were first named, each with its origin.
package struct ConfigDocument: Sendable {
    package struct Entry: Sendable {
        /// What the key holds.
        package var value: ConfigValue
        /// Where the value stands.
        package var origin: ConfigOrigin
        /// Where the key stands.
        package var keyOrigin: ConfigOrigin
        /// A single value as it was written, without YAML's quotes; nil for lists and defaults.
        package var text: String?

        /// A leaf, with the places of its value and its key.
        package init(value: ConfigValue, origin: ConfigOrigin, keyOrigin: ConfigOrigin, text: String? = nil) {
            self.value = value
            self.origin = origin
            self.keyOrigin = keyOrigin
            self.text = text
        }
    }

    /// Dotted keys in the order they were first named.
    package private(set) var keys: [String] = []
    /// Sections that were named, with where.
    package private(set) var sections: [String: ConfigOrigin] = [:]
    /// What the user should know of the files, a line each.
    package var warnings: [String] = []
    private var entries: [String: Entry] = [:]

    /// A document without keys.
    package init() {}

    /// The leaf at a dotted key; nil where there is none.
    package subscript(key: String) -> Entry? { entries[key] }

    /// Sets a leaf; the last one set holds.
    package mutating func set(_ key: String, _ entry: Entry) {
        if entries.updateValue(entry, forKey: key) == nil { keys.append(key) }
    }

    mutating func addSection(_ key: String, at origin: ConfigOrigin) { sections[key] = origin }

    mutating func remove(_ key: String) {
        entries[key] = nil
        keys.removeAll { $0 == key }
    }

    /// This document with another laid over it: where both name a key, the other's value holds.
    package func overlaid(by other: ConfigDocument) -> ConfigDocument {
        var result = self
        for key in other.keys {
            if let entry = other[key] { result.set(key, entry) }
        }
        result.sections.merge(other.sections) { _, new in new }
        result.warnings += other.warnings
        return result
    }
}
