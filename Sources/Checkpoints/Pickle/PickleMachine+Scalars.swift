import Foundation

extension PickleMachine {
    /// Numbers and other simple values; nil for other opcodes.
    mutating func scalar(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue? {
        switch opcode {
        case .none: return PickleValue.none
        case .newTrue: return .boolean(true)
        case .newFalse: return .boolean(false)
        case .binaryInteger: return .integer(Int(Int32(truncatingIfNeeded: try cursor.number(bytes: 4))))
        case .binaryInteger1: return .integer(Int(try cursor.byte()))
        case .binaryInteger2: return .integer(Int(try cursor.number(bytes: 2)))
        case .long1: return long(try cursor.bytes(try cursor.byte()))
        case .long4: return long(try cursor.bytes(try cursor.number(bytes: 4)))
        case .binaryFloat: return .real(Double(bitPattern: try cursor.number(bytes: 8).byteSwapped))
        case .integer:
            let line = try asciiLine()
            if line == "00" || line == "01" { return .boolean(line == "01") }
            return .integer(try decimal(line))
        case .long:
            let line = try asciiLine()
            return .integer(try decimal(line.hasSuffix("L") ? String(line.dropLast()) : line))
        case .float:
            let line = try asciiLine()
            guard let value = Double(line) else { throw damaged("\(line.prefix(30)) is no number") }
            return .real(value)
        default: return nil
        }
    }

    /// A number in a line of its own.
    mutating func decimal() throws(CheckpointError) -> Int { try decimal(try asciiLine()) }

    private func decimal(_ digits: String) throws(CheckpointError) -> Int {
        guard let value = Int(digits) else { throw damaged("\(digits.prefix(30)) is no integer of 64 bits") }
        return value
    }

    /// Two's complement, little-endian.
    private func long(_ bytes: Data) -> PickleValue {
        guard bytes.count <= 8 else { return .wideInteger(bytes) }
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let unused = UInt64(64 - 8 * bytes.count)
        return .integer(bytes.isEmpty ? 0 : Int(Int64(bitPattern: bits << unused) >> Int64(unused)))
    }

    /// Texts and bytes; nil for other opcodes.
    mutating func text(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue? {
        switch opcode {
        case .binaryUnicode: return try text(try cursor.bytes(try cursor.number(bytes: 4)))
        case .shortBinaryUnicode: return try text(try cursor.bytes(try cursor.byte()))
        case .binaryUnicode8: return try text(try cursor.bytes(try cursor.number(bytes: 8)))
        case .binaryBytes, .binaryString: return .bytes(try cursor.bytes(try cursor.number(bytes: 4)))
        case .shortBinaryBytes, .shortBinaryString: return .bytes(try cursor.bytes(try cursor.byte()))
        case .binaryBytes8, .byteArray8: return .bytes(try cursor.bytes(try cursor.number(bytes: 8)))
        case .unicode:
            let line = try cursor.line()
            try budget.copy(4 * line.count, cursor.path)
            return .text(try PickleText.unescaped(unicode: line, path: cursor.path))
        case .string:
            let line = try cursor.line()
            try budget.copy(line.count, cursor.path)
            return .bytes(try PickleText.unescaped(quoted: line, path: cursor.path))
        default: return nil
        }
    }

    private func text(_ bytes: Data) throws(CheckpointError) -> PickleValue {
        try budget.copy(bytes.count, cursor.path)
        guard let text = String(bytes: bytes, encoding: .utf8) else { throw damaged("a text is not UTF-8") }
        return .text(text)
    }

    private mutating func asciiLine() throws(CheckpointError) -> String {
        let line = try cursor.line()
        guard line.count < 1000 else { throw damaged("a number has \(line.count) digits") }
        return String(decoding: line, as: UTF8.self)
    }
}

/// Texts as protocol 0 writes them.
enum PickleText {
    /// Latin-1 with `\uXXXX` and `\UXXXXXXXX` for everything else (Python's raw-unicode-escape).
    static func unescaped(unicode line: Data, path: String) throws(CheckpointError) -> String {
        var scalars = String.UnicodeScalarView()
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line[index]
            index += 1
            var digits = 0
            if byte == UInt8(ascii: "\\"), index < line.endIndex {
                digits = line[index] == UInt8(ascii: "u") ? 4 : line[index] == UInt8(ascii: "U") ? 8 : 0
            }
            guard digits > 0 else {
                scalars.append(Unicode.Scalar(byte))
                continue
            }
            let end = min(index + 1 + digits, line.endIndex)
            guard let code = UInt32(String(decoding: line[(index + 1)..<end], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { throw .damaged(path: path, problem: "a text has a wrong escape") }
            scalars.append(scalar)
            index = end
        }
        return String(scalars)
    }

    /// Python's `repr` of bytes: quotes around, backslash escapes inside.
    static func unescaped(quoted line: Data, path: String) throws(CheckpointError) -> Data {
        guard line.count >= 2, let quote = line.first, line.last == quote, quote == 0x22 || quote == 0x27
        else { throw .damaged(path: path, problem: "a text is not in quotes") }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "\\"): 92, 0x22: 0x22,
            0x27: 0x27,
        ]
        var result = Data()
        var rest = line.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let escape = rest.popFirst() ?? 0
            if let plain = simple[escape] {
                result.append(plain)
            } else if escape == UInt8(ascii: "x"),
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(code)
                rest = rest.dropFirst(2)
            } else {
                throw .damaged(path: path, problem: "a text has a wrong escape")
            }
        }
        return result
    }
}
