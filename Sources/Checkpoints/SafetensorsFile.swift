import Foundation
import Tensors

/// A safetensors file, memory-mapped: names, shapes and types at once, values when asked for.
package struct SafetensorsFile: Sendable {
    /// Where it is.
    package let path: String
    /// The file's own notes (`__metadata__`).
    package let metadata: [String: String]
    /// Its tensors by name.
    package let entries: [String: SafetensorsEntry]
    private let data: Data

    /// Longest header that is read: 100 MB, the format's own limit.
    private static let longestHeader = 100_000_000

    /// Opens a file and checks its header against its size. Throws `CheckpointError`.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw .unreadable(path: path, reason: (error as NSError).localizedFailureReason ?? "no such file")
        }
        guard data.count >= 8 else { throw .malformed(path: path, problem: "it has only \(data.count) bytes") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Self.longestHeader), Int(length) <= data.count - 8 else {
            throw .malformed(path: path, problem: "its header of \(length) bytes does not fit into \(data.count) bytes")
        }
        let start = 8 + Int(length)
        let items: [String: HeaderItem]
        do {
            items = try JSONDecoder().decode([String: HeaderItem].self, from: data[8..<start])
        } catch {
            throw .malformed(path: path, problem: "its header is no JSON table of tensors")
        }
        entries = try HeaderCheck(path: path, start: start, end: data.count).entries(items)
        if case .notes(let notes)? = items["__metadata__"] { metadata = notes } else { metadata = [:] }
    }

    /// Names of the tensors, sorted.
    package var names: [String] { entries.keys.sorted() }

    /// Shape of a tensor, nil where there is none of this name.
    package func shape(named name: String) -> [Int]? { entries[name]?.shape }

    /// The values of a tensor of numbers, as Float32. Throws `CheckpointError`.
    package func floats(named name: String) throws(CheckpointError) -> [Float] {
        let entry = try entry(named: name)
        let count = entry.bytes.count / entry.type.size
        switch entry.type {
        case .f32: return values(entry, count) { Float(bitPattern: UInt32(littleEndian: $0)) }
        case .f64: return values(entry, count) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
        case .bf16: return values(entry, count) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
        case .f16: return values(entry, count) { Self.float(half: UInt16(littleEndian: $0)) }
        case .i64: return values(entry, count) { Float(Int64(littleEndian: $0)) }
        case .i32: return values(entry, count) { Float(Int32(littleEndian: $0)) }
        case .i16: return values(entry, count) { Float(Int16(littleEndian: $0)) }
        case .i8: return values(entry, count) { (value: Int8) in Float(value) }
        case .u8, .bool: return values(entry, count) { (value: UInt8) in Float(value) }
        }
    }

    /// A tensor of numbers, as Float32. Throws `CheckpointError`.
    package func tensor(named name: String) throws(CheckpointError) -> Tensor {
        let shape = try entry(named: name).shape
        return Tensor(try floats(named: name), shape: shape)
    }

    /// The values of a tensor of whole numbers. Throws `CheckpointError`.
    package func integers(named name: String) throws(CheckpointError) -> [Int] {
        let entry = try entry(named: name)
        let count = entry.bytes.count / entry.type.size
        switch entry.type {
        case .i64: return values(entry, count) { Int(Int64(littleEndian: $0)) }
        case .i32: return values(entry, count) { Int(Int32(littleEndian: $0)) }
        case .i16: return values(entry, count) { Int(Int16(littleEndian: $0)) }
        case .i8: return values(entry, count) { (value: Int8) in Int(value) }
        case .u8, .bool: return values(entry, count) { (value: UInt8) in Int(value) }
        case .f16, .bf16, .f32, .f64:
            throw .wrongType(path: path, name: name, expected: "whole numbers", got: entry.type.rawValue)
        }
    }

    private func entry(named name: String) throws(CheckpointError) -> SafetensorsEntry {
        guard let entry = entries[name] else { throw .missing(path: path, name: name) }
        return entry
    }

    private func values<Stored: BitwiseCopyable, Value>(
        _ entry: SafetensorsEntry, _ count: Int, _ convert: (Stored) -> Value
    ) -> [Value] {
        data.withUnsafeBytes { bytes in
            (0..<count).map { index in
                let offset = entry.bytes.lowerBound + index * MemoryLayout<Stored>.size
                return convert(bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self))
            }
        }
    }

    /// IEEE half precision to single (Float16 is not on every platform).
    private static func float(half bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
        }
    }
}
