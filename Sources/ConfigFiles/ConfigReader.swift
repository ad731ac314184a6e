/// Typed reading of a resolved configuration, remembering what was read.
/// Every getter throws `ConfigError` with the value's origin when the value can't be used.
package final class ConfigReader {
    private let document: ConfigDocument
    private var consumed: Set<String> = []
    /// Settings whose features are not built, in the order in which they were met.
    package private(set) var refusals: [ConfigError] = []

    /// - Parameter document: a document that `ConfigSchema.resolve` returned.
    package init(_ document: ConfigDocument) { self.document = document }

    /// Keys that were written by someone and that nothing has read.
    package var writtenButUnread: [String] {
        document.keys.filter { document[$0]?.origin != .builtIn && !consumed.contains($0) }
    }

    /// Whether a key right below the section was read.
    package func hasRead(section: String) -> Bool {
        consumed.contains { $0.hasPrefix(section + ".") && !$0.dropFirst(section.count + 1).contains(".") }
    }

    /// The value of `key`. Throws `ConfigError` where it is not True or False.
    package func boolean(_ key: String) throws -> Bool {
        guard case .boolean(let value) = try value(key) else { throw wrongType(key, "True or False") }
        return value
    }

    /// The value of `key`. Throws `ConfigError` where it is no whole number in `range`.
    package func integer(_ key: String, in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int {
        try integer(value(key), key, range)
    }

    /// The value of `key`. Throws `ConfigError` where it is no number in `range`.
    package func real(
        _ key: String,
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) throws -> Double {
        try real(value(key), key, range)
    }

    /// Nil where the value is None.
    package func optionalReal(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        let value = try value(key)
        return value == .null ? nil : try real(value, key, range)
    }

    /// The value of `key`. Throws `ConfigError` where it is no text.
    package func text(_ key: String) throws -> String {
        guard case .text(let value) = try value(key) else { throw wrongType(key, "a text") }
        return value
    }

    /// A list of `count` whole numbers in `range`, or `ConfigError`.
    package func integers(
        _ key: String, count: ClosedRange<Int> = 0...Int.max, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws -> [Int] {
        try list(key, count).map { try integer($0, key, range) }
    }

    /// A list of `count` numbers in `range`, or `ConfigError`.
    package func reals(
        _ key: String, count: ClosedRange<Int> = 0...Int.max,
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) throws -> [Double] {
        try list(key, count).map { try real($0, key, range) }
    }

    /// A list of `count` texts, or `ConfigError`.
    package func texts(_ key: String, count: ClosedRange<Int> = 0...Int.max) throws -> [String] {
        try list(key, count).map { value in
            guard case .text(let text) = value else { throw wrongType(key, "a list of texts") }
            return text
        }
    }

    /// A list of `count` True or False, or `ConfigError`.
    package func booleans(_ key: String, count: ClosedRange<Int> = 0...Int.max) throws -> [Bool] {
        try list(key, count).map { value in
            guard case .boolean(let flag) = value else { throw wrongType(key, "a list of True or False") }
            return flag
        }
    }

    /// One of the given names.
    package func choice<Choice>(_ key: String, _ choices: KeyValuePairs<String, Choice>) throws -> Choice {
        let name = try text(key)
        if let choice = choices.first(where: { $0.key == name }) { return choice.value }
        let names = choices.map { "\"\($0.key)\"" }.joined(separator: ", ")
        let near = nearestName(to: name, among: choices.map(\.key))
        throw invalid(
            key, "expected one of \(names), got \"\(name)\"", hint: near.map { "did you mean \"\($0)\"?" })
    }

    /// The error for a value of the right type that can't be used.
    package func invalid(_ key: String, _ problem: String, hint: String? = nil) -> ConfigError {
        ConfigError(.invalidValue, at: document[key]?.origin, key: key, problem, hint: hint)
    }

    /// Notes that the value of `key`, though read, has no effect.
    package func ignore(_ key: String) { consumed.remove(key) }

    /// Notes a setting whose feature is not built: the configuration can be read, but not run.
    package func refuse(_ key: String, _ feature: String) { refusals.append(unavailable(key, feature)) }

    /// The error for a setting whose feature is not built.
    package func unavailable(_ key: String, _ feature: String) -> ConfigError {
        ConfigError(.unavailable, at: document[key]?.origin, key: key, "not available yet: \(feature)")
    }

    /// The value of `key`, whatever its type. Throws `ConfigError` where the key does not exist.
    package func value(_ key: String) throws -> ConfigValue {
        consumed.insert(key)
        guard let entry = document[key] else {
            throw ConfigError(.unknownKey, at: nil, key: key, "is read but has no default")
        }
        return entry.value
    }

    // MARK: Checks

    private func list(_ key: String, _ count: ClosedRange<Int>) throws -> [ConfigValue] {
        guard case .list(let values) = try value(key) else { throw wrongType(key, "a list") }
        guard count.contains(values.count) else {
            let expected =
                count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "at least \(count.lowerBound)"
            throw invalid(key, "expected \(expected) values, got \(values.count)")
        }
        return values
    }

    private func integer(_ value: ConfigValue, _ key: String, _ range: ClosedRange<Int>) throws -> Int {
        guard case .integer(let number) = value else { throw wrongType(key, "a whole number") }
        guard range.contains(number) else { throw invalid(key, "expected \(words(range)), got \(number)") }
        return number
    }

    private func real(_ value: ConfigValue, _ key: String, _ range: ClosedRange<Double>) throws -> Double {
        let number: Double
        switch value {
        case .real(let value): number = value
        case .integer(let value): number = Double(value)
        default: throw wrongType(key, "a number")
        }
        guard range.contains(number) else { throw invalid(key, "expected \(words(range)), got \(number)") }
        return number
    }

    private func wrongType(_ key: String, _ expected: String) -> ConfigError {
        let got = document[key].map { "\($0.value)" } ?? "nothing"
        return ConfigError(
            .wrongType, at: document[key]?.origin, key: key, "expected \(expected), got \(got)")
    }

    private func words(_ range: ClosedRange<Int>) -> String {
        range.upperBound == Int.max
            ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    private func words(_ range: ClosedRange<Double>) -> String {
        if range.lowerBound == -Double.greatestFiniteMagnitude { return "a finite number" }
        return range.upperBound == Double.greatestFiniteMagnitude
            ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
}
