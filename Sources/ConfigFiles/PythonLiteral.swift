/// Python literals as `ast.literal_eval` reads them: numbers, strings, True, False, None, tuples and lists.
/// detectron2 passes every text of a configuration through that, so "(512, 1024)" is a tuple and "1e-6" a
/// number.
package enum PythonLiteral {
    /// The literal's value, or nil when the text isn't one.
    package static func parse(_ text: String) -> ConfigValue? {
        var parser = LiteralParser(text)
        guard let value = parser.value(depth: 0) else { return nil }
        parser.skipSpace()
        return parser.isAtEnd ? value : nil
    }
}

/// Recursive descent over the bytes of one literal.
private struct LiteralParser {
    private static let deepest = 16
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) -> ConfigValue? {
        guard depth < Self.deepest else { return nil }
        skipSpace()
        if take("(") { return elements(until: ")", depth: depth) }
        if take("[") { return elements(until: "]", depth: depth) }
        if let quote = next, quote == 0x22 || quote == 0x27 { return string(quote: quote) }
        return word()
    }

    private mutating func elements(until close: Character, depth: Int) -> ConfigValue? {
        var values: [ConfigValue] = []
        var endsWithComma = false
        while true {
            skipSpace()
            if take(close) { break }
            guard values.isEmpty || endsWithComma, let element = value(depth: depth + 1) else { return nil }
            values.append(element)
            skipSpace()
            endsWithComma = take(",")
        }
        // (x) is x in parentheses; (x,) is a tuple.
        if close == ")", values.count == 1, !endsWithComma { return values[0] }
        return .list(values)
    }

    private mutating func string(quote: UInt8) -> ConfigValue? {
        position += 1
        var content: [UInt8] = []
        while let byte = next, byte != quote {
            position += 1
            guard byte == 0x5C else {
                content.append(byte)
                continue
            }
            guard let escaped = next else { return nil }
            position += 1
            switch escaped {
            case UInt8(ascii: "n"): content.append(0x0A)
            case UInt8(ascii: "t"): content.append(0x09)
            case UInt8(ascii: "r"): content.append(0x0D)
            case 0x5C, 0x22, 0x27: content.append(escaped)
            default: content += [byte, escaped]
            }
        }
        guard next == quote else { return nil }
        position += 1
        return .text(String(decoding: content, as: UTF8.self))
    }

    private mutating func word() -> ConfigValue? {
        let start = position
        while let byte = next, !Array(",()[] \t\n\r\"'".utf8).contains(byte) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "True": return .boolean(true)
        case "False": return .boolean(false)
        case "None": return .null
        default: return number(word)
        }
    }
}

/// A Python or YAML number: 12, -3, 1_000, 0x1F, 0.5, .5, 5., 1e-6. Nil for anything else, leading zeros
/// included.
package func number(_ word: String) -> ConfigValue? {
    var digits = Substring(word)
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    guard let first = digits.first, first.isASCII, first.isNumber || first == "." else { return nil }
    guard !digits.contains("__"), digits.last != "_" else { return nil }
    let plain = digits.filter { $0 != "_" }
    let sign = isNegative ? "-" : ""
    if plain.lowercased().hasPrefix("0x") {
        return Int(sign + plain.dropFirst(2), radix: 16).map(ConfigValue.integer)
    }
    if plain.allSatisfy({ ("0"..."9").contains($0) }) {
        guard plain.first != "0" || plain.allSatisfy({ $0 == "0" }) else { return nil }
        return Int(sign + plain).map(ConfigValue.integer)
    }
    guard plain.allSatisfy({ "0123456789.eE+-".contains($0) }) else { return nil }
    // Double(_:) wants digits on both sides of the point.
    var decimal = plain.hasPrefix(".") ? "0" + plain : String(plain)
    decimal = decimal.replacing(".e", with: ".0e").replacing(".E", with: ".0e")
    if decimal.hasSuffix(".") { decimal += "0" }
    return Double(sign + decimal).map(ConfigValue.real)
}
