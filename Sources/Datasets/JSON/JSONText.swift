/// JSON text that could not be decoded, read once more for what a decoder does not tell: the place of the fault, and
/// the numbers that Python writes and JSON has not: NaN, Infinity, and those beyond what a Double holds.
struct JSONText {
    /// What is no JSON, and the byte at which it begins.
    struct Fault: Error {
        let offset: Int
        let what: String
    }

    /// Numbers that are not finite, with the names that they have in Python's JSON.
    private(set) var nonFinite: [(range: Range<Int>, name: String)] = []
    private let bytes: UnsafeRawBufferPointer
    private var index: Int

    /// The text in `bytes`, which outlive it; a mark of UTF-8 at their start is passed over.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Line and column of a byte, from 1; columns count Unicode scalars.
    func place(of offset: Int) -> (line: Int, column: Int) {
        var (line, column) = (1, 1)
        for byte in bytes[..<min(offset, bytes.count)] {
            if byte == Self.newline { (line, column) = (line + 1, 1) } else if byte & 0xC0 != 0x80 { column += 1 }
        }
        return (line, column)
    }

    /// Reads all of it, and fills `nonFinite`.
    mutating func read() throws(Fault) {
        try skipValue()
        skipSpaces()
        if index < bytes.count { throw unexpected("the end of the text") }
    }

    /// The first byte of the value that a path of keys leads to; where it ends early, of the last one on the way.
    mutating func offset(of path: [any CodingKey]) throws(Fault) -> Int {
        skipSpaces()
        for key in path {
            guard try enter(key) else { break }
            skipSpaces()
        }
        return index
    }

    // MARK: Values

    private static let newline = UInt8(ascii: "\n")
    private static let (quote, backslash, comma) = (UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: ","))
    private static let (brace, closingBrace) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    private static let (bracket, closingBracket) = (UInt8(ascii: "["), UInt8(ascii: "]"))

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpaces() {
        while let byte = current, byte == 0x20 || 0x09...0x0A ~= byte || byte == 0x0D { index += 1 }
    }

    /// Passes over a value of any depth without recursion.
    private mutating func skipValue() throws(Fault) {
        var open: [UInt8] = []
        repeat {
            skipSpaces()
            switch current {
            case Self.brace, Self.bracket:
                let kind = bytes[index]
                index += 1
                skipSpaces()
                if current != Self.closing(kind) {
                    if kind == Self.brace { try skipKey() }
                    open.append(kind)
                    continue
                }
                index += 1
            case Self.quote: try skipText()
            default: try skipLiteral()
            }
            try closeWhatEnds(&open)
        } while !open.isEmpty
    }

    private static func closing(_ kind: UInt8) -> UInt8 { kind == brace ? closingBrace : closingBracket }

    /// After a value: the ends of the objects and lists that it was the last of, or the comma before the next.
    private mutating func closeWhatEnds(_ open: inout [UInt8]) throws(Fault) {
        while let kind = open.last {
            skipSpaces()
            if current == Self.comma {
                index += 1
                if kind == Self.brace { try skipKey() }
                return
            }
            guard current == Self.closing(kind) else {
                throw unexpected(kind == Self.brace ? "\",\" or \"}\"" : "\",\" or \"]\"")
            }
            index += 1
            open.removeLast()
        }
    }

    private mutating func skipKey() throws(Fault) {
        skipSpaces()
        guard current == Self.quote else { throw unexpected("a key in quotation marks") }
        try skipText()
        skipSpaces()
        guard current == UInt8(ascii: ":") else { throw unexpected("\":\"") }
        index += 1
    }

    private mutating func skipText() throws(Fault) {
        let start = index
        index += 1
        while let byte = current, byte != Self.quote {
            guard byte >= 0x20 else { throw unexpected("no control character in a text") }
            if byte == Self.backslash {
                index += 1
                guard let escaped = current, "\"\\/bfnrtu".utf8.contains(escaped) else {
                    throw unexpected("an escape sequence")
                }
            }
            index += 1
        }
        guard current != nil else { throw Fault(offset: start, what: "a text without an end") }
        index += 1
    }

    /// true, false, null, or a number.
    private mutating func skipLiteral() throws(Fault) {
        let start = index
        while let byte = current, Self.belongsToLiteral(byte) { index += 1 }
        if isNumber(bytes[start..<index]) {
            guard mayBeTooLarge(bytes[start..<index]) else { return }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            guard Double(text)?.isFinite != true else { return }
            nonFinite.append((start..<index, text.hasPrefix("-") ? "-Infinity" : "Infinity"))
            return
        }
        switch String(decoding: bytes[start..<index].prefix(10), as: UTF8.self) {
        case "true", "false", "null": return
        case let name where ["NaN", "Infinity", "-Infinity"].contains(name): nonFinite.append((start..<index, name))
        default:
            index = start
            throw unexpected("a value")
        }
    }

    private static func belongsToLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, comma, quote, brace, closingBrace, bracket, closingBracket, UInt8(ascii: ":"): false
        default: true
        }
    }

    /// As JSON writes numbers: -12.5e+3.
    private func isNumber(_ literal: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = literal
        func skipDigits() -> Bool {
            let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func skip(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
            let isThere = rest.first == UInt8(ascii: first) || rest.first == UInt8(ascii: second)
            if isThere { rest = rest.dropFirst() }
            return isThere
        }
        _ = skip("-", "-")
        let hasZero = rest.first == UInt8(ascii: "0")
        let whole = rest.startIndex
        guard skipDigits(), !hasZero || rest.startIndex == whole + 1 else { return false }
        if skip(".", "."), !skipDigits() { return false }
        if skip("e", "E") {
            _ = skip("+", "-")
            guard skipDigits() else { return false }
        }
        return rest.isEmpty
    }

    /// Whether a number has an exponent or very many digits: no other is beyond a Double.
    private func mayBeTooLarge(_ number: Slice<UnsafeRawBufferPointer>) -> Bool {
        number.count > 300 || number.contains { $0 | 0x20 == UInt8(ascii: "e") }
    }

    private func unexpected(_ expected: String) -> Fault {
        guard let byte = current else { return Fault(offset: index, what: "the text ends (expected \(expected))") }
        let end = bytes[(index + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
        let name =
            byte < 0x20
            ? "the control character \(byte)"
            : "\"\(String(decoding: bytes[index..<min(end, index + 4)], as: UTF8.self))\""
        return Fault(offset: index, what: "\(name) (expected \(expected))")
    }

    // MARK: Places

    /// From the start of an object or a list to the value of one of its keys; false, and not moved, without it.
    private mutating func enter(_ key: any CodingKey) throws(Fault) -> Bool {
        let start = index
        let wanted = Array(key.stringValue.utf8)
        guard let kind = current, kind == (key.intValue == nil ? Self.brace : Self.bracket) else { return false }
        index += 1
        var position = 0
        skipSpaces()
        while current != Self.closing(kind) {
            var isWanted = position == key.intValue
            if kind == Self.brace {
                skipSpaces()
                let name = index + 1
                try skipText()
                isWanted = bytes[name..<index - 1].elementsEqual(wanted)
                skipSpaces()
                // The colon.
                index = min(index + 1, bytes.count)
            }
            skipSpaces()
            if isWanted { return true }
            try skipValue()
            skipSpaces()
            if current == Self.comma { index += 1 }
            position += 1
            skipSpaces()
        }
        index = start
        return false
    }
}
