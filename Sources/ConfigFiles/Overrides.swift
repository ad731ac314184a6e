extension ConfigDocument {
    /// `KEY VALUE KEY VALUE …` from the command line, as detectron2 takes them: a value is a Python literal
    /// ("(512, 1024)", "True"), else YAML ("true", "[a, b]"), else the text itself.
    /// Throws `ConfigError` when a value is missing or a key stands where none can.
    package static func overrides(_ arguments: [String]) throws -> ConfigDocument {
        var document = ConfigDocument()
        for start in stride(from: 0, to: arguments.count, by: 2) {
            let key = arguments[start]
            if let sign = key.firstIndex(of: "=") {
                let (name, value) = (String(key[..<sign]), key[key.index(after: sign)...])
                throw ConfigError(
                    .syntax, at: .commandLine(key), key: name, "the value is missing",
                    hint: "write KEY VALUE with a space, not KEY=VALUE: \(name) \(value)")
            }
            let isLast = start + 1 == arguments.count
            // In an odd number of words a key is no value of another.
            let isFollowedByKey = !isLast && arguments.count % 2 == 1 && looksLikeKey(arguments[start + 1])
            if isLast || isFollowedByKey {
                let hint = isFollowedByKey ? "the key \(arguments[start + 1]) follows" : nil
                throw ConfigError(.syntax, at: .commandLine(key), key: key, "the value is missing", hint: hint)
            }
            let text = arguments[start + 1]
            let origin = ConfigOrigin.commandLine("\(key) \(text)")
            guard !key.isEmpty, !key.hasPrefix("-"), !key.contains(where: \.isWhitespace) else {
                throw ConfigError(
                    .syntax, at: origin, "expected a key such as SOLVER.BASE_LR, got \"\(key)\"")
            }
            document.set(key, .init(value: value(of: text), origin: origin, keyOrigin: origin, text: text))
        }
        return document
    }

    private static func looksLikeKey(_ word: String) -> Bool {
        word.wholeMatch(of: /[A-Z][A-Z0-9_]*(\.[A-Z0-9_]+)+/) != nil
    }

    private static func value(of text: String) -> ConfigValue {
        if let literal = PythonLiteral.parse(text) { return literal }
        if text.isEmpty { return .text("") }
        if text.hasPrefix("["), let value = YAMLText.inlineValue(text) { return value }
        return plainScalar(text)
    }
}
