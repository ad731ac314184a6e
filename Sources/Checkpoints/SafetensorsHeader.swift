import Foundation

/// Where a tensor lies in a file, and how it is to be read.
package struct SafetensorsEntry: Sendable, Equatable {
    /// Type of the elements.
    package let type: ElementType
    /// Sizes of the axes.
    package let shape: [Int]
    /// Bytes, counted from the start of the file.
    package let bytes: Range<Int>
}

/// An element of the header: a tensor's place, or the file's own notes.
enum HeaderItem: Codable {
    case tensor(dtype: String, shape: [Int], offsets: [Int])
    case notes([String: String])

    private enum Key: String, CodingKey { case dtype, shape, offsets = "data_offsets" }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        // Asked first: a failed attempt at notes for each tensor would be most of the time of opening a file.
        guard container.contains(.offsets) else {
            self = .notes(try decoder.singleValueContainer().decode([String: String].self))
            return
        }
        self = .tensor(
            dtype: try container.decode(String.self, forKey: .dtype),
            shape: try container.decode([Int].self, forKey: .shape),
            offsets: try container.decode([Int].self, forKey: .offsets))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .notes(let notes):
            var container = encoder.singleValueContainer()
            try container.encode(notes)
        case .tensor(let dtype, let shape, let offsets):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(dtype, forKey: .dtype)
            try container.encode(shape, forKey: .shape)
            try container.encode(offsets, forKey: .offsets)
        }
    }
}

/// Checks a header against the size of its file; nothing in it is trusted.
struct HeaderCheck {
    let path: String
    let start: Int
    let end: Int

    func entries(_ items: [String: HeaderItem]) throws(CheckpointError) -> [String: SafetensorsEntry] {
        var entries: [String: SafetensorsEntry] = [:]
        for (name, item) in items {
            if case .tensor(let dtype, let shape, let offsets) = item {
                entries[name] = try entry(name, dtype, shape, offsets)
            } else if name != "__metadata__" {
                throw .malformed(path: path, problem: "\(name) is no tensor")
            }
        }
        try requireTiling(entries)
        return entries
    }

    private func entry(
        _ name: String, _ dtype: String, _ shape: [Int], _ offsets: [Int]
    ) throws(CheckpointError) -> SafetensorsEntry {
        guard let type = ElementType(rawValue: dtype) else {
            throw .unsupported(
                path: path,
                problem: "tensor \(name) has the type \(dtype), which is not read here; save it as F32, F16 or BF16")
        }
        var size = type.size
        for length in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else {
                throw .malformed(path: path, problem: "tensor \(name) has the impossible shape \(shape)")
            }
            size = product
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= end - start else {
            throw .malformed(
                path: path,
                problem: "tensor \(name) lies at \(offsets), outside the \(end - start) bytes of data")
        }
        guard offsets[1] - offsets[0] == size else {
            throw .malformed(
                path: path,
                problem:
                    "tensor \(name) of shape \(shape) needs \(size) bytes and has \(offsets[1] - offsets[0])")
        }
        return SafetensorsEntry(type: type, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
    }

    /// The format asks that tensors fill the data without gaps or overlaps; a truncated file fails here too.
    private func requireTiling(_ entries: [String: SafetensorsEntry]) throws(CheckpointError) {
        var position = start
        for (name, entry) in entries.sorted(by: {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound)
        }) {
            guard entry.bytes.lowerBound == position else {
                throw .malformed(path: path, problem: "tensor \(name) overlaps another or leaves a gap")
            }
            position = entry.bytes.upperBound
        }
        guard position == end else {
            throw .malformed(path: path, problem: "\(end - position) bytes belong to no tensor")
        }
    }
}
