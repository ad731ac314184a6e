import Files
import Foundation

/// A tensor to be written: its values are asked for when their turn comes, so that no second copy of a model is held.
package struct SavedTensor {
    package let name: String
    let shape: [Int]
    /// Whether a PyTorch file holds them as int64.
    var isInteger = false
    private let source: () -> [Float]

    /// `values` gives as many numbers as `shape` has places.
    package init(name: String, shape: [Int], values: @escaping () -> [Float]) {
        self.name = name
        self.shape = shape
        source = values
    }

    /// The values, last axis fastest.
    var values: [Float] {
        let values = source()
        precondition(values.count == shape.reduce(1, *), "\(name): \(values.count) values")
        return values
    }
}

extension SafetensorsFile {
    /// Writes Float32 tensors, sorted by name, with a digest, aside and then over `path`: the file is whole or it is
    /// as it was. Values are asked for twice, as the digest stands before them. With a `list` only a file that it knows
    /// is replaced. `before` runs once the file is begun aside. Throws `FileError`, or what `before` throws.
    package static func write(
        _ tensors: [SavedTensor], metadata: [String: String] = [:], to path: String, listed list: FileList? = nil,
        before: () throws(FileError) -> Void = {}
    ) throws(FileError) {
        let sorted = tensors.sorted { $0.name < $1.name }
        let notes = metadata.merging([FileDigest.note: FileDigest.placeholder]) { $1 }
        var items = ["__metadata__": HeaderItem.notes(notes)]
        var position = 0
        for tensor in sorted {
            let end = position + 4 * tensor.shape.reduce(1, *)
            items[tensor.name] = .tensor(
                dtype: ElementType.f32.rawValue, shape: tensor.shape, offsets: [position, end])
            position = end
        }
        precondition(items.count == sorted.count + 1, "two tensors have one name")
        var header = encoded(items)
        var sum = Checksum.crc32(header)
        for tensor in sorted { sum = tensor.values.withLittleEndianBytes { Checksum.crc32($0, after: sum) } }
        if let place = header.firstRange(of: Array(FileDigest.placeholder.utf8)) {
            header.replaceSubrange(place, with: Array(FileDigest.text(sum).utf8))
        }
        try AtomicFile.write(to: path, listed: list) { file throws(FileError) in
            try before()
            try file.append(header)
            for tensor in sorted { try file.append(littleEndian: tensor.values) }
        }
    }

    /// The header with its length before it.
    private static func encoded(_ items: [String: HeaderItem]) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var header = Array(try encoder.encode(items))
            while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
            return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
        } catch {
            preconditionFailure("a header of texts and numbers cannot be encoded: \(error)")
        }
    }
}
