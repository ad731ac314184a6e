import Foundation
import Tensors

/// A safetensors file, memory-mapped: names, shapes and types at once, values when asked for.
package struct SafetensorsFile: Sendable {
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
        guard data.count >= 8 else {
            throw .malformed(path: path, problem: "it has only \(data.count) bytes")
        }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Self.longestHeader), Int(length) <= data.count - 8 else {
            throw .malformed(
                path: path, problem: "its header of \(length) bytes does not fit into \(data.count) bytes")
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
        return entry.type.floats(data[entry.bytes])
    }

    /// A tensor of numbers, as Float32. Throws `CheckpointError`.
    package func tensor(named name: String) throws(CheckpointError) -> Tensor {
        let shape = try entry(named: name).shape
        return Tensor(try floats(named: name), shape: shape)
    }

    /// The values of a tensor of whole numbers. Throws `CheckpointError`.
    package func integers(named name: String) throws(CheckpointError) -> [Int] {
        let entry = try entry(named: name)
        guard let values = entry.type.integers(data[entry.bytes]) else {
            throw .wrongType(path: path, name: name, expected: "whole numbers", got: entry.type.rawValue)
        }
        return values
    }

    private func entry(named name: String) throws(CheckpointError) -> SafetensorsEntry {
        guard let entry = entries[name] else { throw .missing(path: path, name: name) }
        return entry
    }
}
