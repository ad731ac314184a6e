/// A configuration key and its one declaration: name, default (whose type is the key's), meaning, and where the value
/// goes in a `Root`, such as a layer's own configuration.
package struct Setting<Root> {
    /// The key's name in its section.
    let name: String
    let defaultValue: ConfigValue
    /// One line for people.
    let meaning: String
    /// Reads the value of the full key and stores it; nil where the key has no effect, or where what surrounds the
    /// setting reads it together with others.
    let decode: ((ConfigReader, _ key: String, inout Root) throws -> Void)?

    /// A key that is declared only: it has no effect, or it is read together with others.
    package static func declared(_ name: String, _ defaultValue: ConfigValue, _ meaning: String) -> Setting {
        Setting(name: name, defaultValue: defaultValue, meaning: meaning, decode: nil)
    }

    /// A key that other networks use: it may be set, and has no effect.
    package static func read(_ name: String, _ defaultValue: ConfigValue, _ meaning: String) -> Setting {
        Setting(name: name, defaultValue: defaultValue, meaning: meaning) { reader, key, _ in
            _ = try reader.value(key)
        }
    }

    /// A key whose value `read` gives and `path` takes.
    private static func stored<Value>(
        _ name: String, _ defaultValue: ConfigValue, _ path: WritableKeyPath<Root, Value>, _ meaning: String,
        _ read: @escaping (ConfigReader, _ key: String) throws -> Value
    ) -> Setting {
        Setting(name: name, defaultValue: defaultValue, meaning: meaning) { $2[keyPath: path] = try read($0, $1) }
    }

    /// True or False.
    package static func boolean(
        _ name: String, _ defaultValue: Bool, _ path: WritableKeyPath<Root, Bool>, _ meaning: String
    ) -> Setting {
        stored(name, .boolean(defaultValue), path, meaning) { try $0.boolean($1) }
    }

    /// A whole number in a range. `added` is added to what is written, where the key counts otherwise than the code.
    package static func integer(
        _ name: String, _ defaultValue: Int, _ path: WritableKeyPath<Root, Int>, in range: ClosedRange<Int>,
        adding added: Int = 0, _ meaning: String
    ) -> Setting {
        stored(name, .integer(defaultValue), path, meaning) { try $0.integer($1, in: range) + added }
    }

    /// A number in a range.
    package static func real<Number: BinaryFloatingPoint>(
        _ name: String, _ defaultValue: Double, _ path: WritableKeyPath<Root, Number>,
        in range: ClosedRange<Double>, _ meaning: String
    ) -> Setting {
        stored(name, .real(defaultValue), path, meaning) { Number(try $0.real($1, in: range)) }
    }

    /// A list of whole numbers in a range.
    package static func integers(
        _ name: String, _ defaultValue: [Int], _ path: WritableKeyPath<Root, [Int]>,
        count: ClosedRange<Int> = 0...Int.max, in range: ClosedRange<Int>, _ meaning: String
    ) -> Setting {
        stored(name, .list(defaultValue.map(ConfigValue.integer)), path, meaning) {
            try $0.integers($1, count: count, in: range)
        }
    }

    /// A list of numbers in a range.
    package static func reals<Number: BinaryFloatingPoint>(
        _ name: String, _ defaultValue: [Double], _ path: WritableKeyPath<Root, [Number]>,
        count: ClosedRange<Int>, in range: ClosedRange<Double>, _ meaning: String
    ) -> Setting {
        stored(name, .list(defaultValue.map(ConfigValue.real)), path, meaning) {
            try $0.reals($1, count: count, in: range).map { Number($0) }
        }
    }

    /// A text; the empty one is nil.
    package static func text(
        _ name: String, _ path: WritableKeyPath<Root, String?>, _ meaning: String
    ) -> Setting {
        stored(name, "", path, meaning) { reader, key in
            let text = try reader.text(key)
            return text.isEmpty ? nil : text
        }
    }

    /// A list of texts.
    package static func texts(
        _ name: String, _ defaultValue: [String], _ path: WritableKeyPath<Root, [String]>, _ meaning: String
    ) -> Setting {
        stored(name, .list(defaultValue.map(ConfigValue.text)), path, meaning) { try $0.texts($1) }
    }

    /// One of some names.
    package static func choice<Value>(
        _ name: String, _ defaultValue: String, _ path: WritableKeyPath<Root, Value>,
        _ choices: KeyValuePairs<String, Value>, _ meaning: String
    ) -> Setting {
        stored(name, .text(defaultValue), path, meaning) { try $0.choice($1, choices) }
    }

    /// A key of which only some values are built; any other of the right type is refused as `feature`.
    package static func only(
        _ values: ConfigValue..., of name: String, default defaultValue: ConfigValue, else feature: String,
        _ meaning: String
    ) -> Setting {
        Setting(name: name, defaultValue: defaultValue, meaning: meaning) { reader, key, _ in
            let value = try reader.value(key)
            if !values.contains(value) { reader.refuse(key, feature) }
        }
    }

    /// A key that a closure reads.
    package static func custom(
        _ name: String, _ defaultValue: ConfigValue, _ meaning: String,
        _ decode: @escaping (ConfigReader, _ key: String, inout Root) throws -> Void
    ) -> Setting {
        Setting(name: name, defaultValue: defaultValue, meaning: meaning, decode: decode)
    }
}

/// The keys of a section of the configuration, and where their values go.
package struct SettingSection<Root> {
    /// A dotted name; empty for keys outside every section.
    package let name: String
    private let settings: [Setting<Root>]

    /// The section of this name.
    package init(_ name: String, _ settings: [Setting<Root>]) {
        self.name = name
        self.settings = settings
    }

    /// Every key with its default and its meaning.
    package var declarations: [KeyDeclaration] {
        settings.map { KeyDeclaration(key: key($0), defaultValue: $0.defaultValue, meaning: $0.meaning) }
    }

    /// Stores the values of all keys in `root`. Throws `ConfigError` for a value that cannot be used.
    package func decode(_ reader: ConfigReader, into root: inout Root) throws {
        for setting in settings { try setting.decode?(reader, key(setting), &root) }
    }

    /// The same keys for a value that holds a `Root`.
    package func at<Outer>(_ path: WritableKeyPath<Outer, Root>) -> SettingSection<Outer> {
        SettingSection<Outer>(
            name,
            settings.map { setting in
                Setting<Outer>(
                    name: setting.name, defaultValue: setting.defaultValue, meaning: setting.meaning,
                    decode: setting.decode.map { decode in { try decode($0, $1, &$2[keyPath: path]) } })
            })
    }

    private func key(_ setting: Setting<Root>) -> String {
        name.isEmpty ? setting.name : "\(name).\(setting.name)"
    }
}

/// A key that exists: what the schema and the documents know of it.
package struct KeyDeclaration: Sendable, Equatable {
    /// The dotted key.
    package let key: String
    /// Its type is the key's.
    package let defaultValue: ConfigValue
    /// One line for people.
    package let meaning: String

    /// The key without its last part.
    package var section: String { key.split(separator: ".").dropLast().joined(separator: ".") }
}
