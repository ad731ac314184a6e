import Files
import Foundation

/// A tensor to be written: its values are asked for when their turn comes, so that no second copy of a model is held.
package struct SavedTensor {
    let name: String
    let shape: [Int]
    let values: () -> [Float]

    /// `values` gives as many numbers as `shape` has places.
    package init(name: String, shape: [Int], values: @escaping () -> [Float]) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

extension SafetensorsFile {
    /// Writes Float32 tensors, sorted by name, aside and then over `path`: the file is whole or it is as it was.
    /// With a `list` only a file that it knows is replaced. Throws `FileError`.
    package static func write(
        _ tensors: [SavedTensor], metadata: [String: String] = [:], to path: String, listed list: FileList? = nil
    ) throws(FileError) {
        let sorted = tensors.sorted { $0.name < $1.name }
        var items: [String: HeaderItem] = metadata.isEmpty ? [:] : ["__metadata__": .notes(metadata)]
        var position = 0
        for tensor in sorted {
            let end = position + 4 * tensor.shape.reduce(1, *)
            items[tensor.name] = .tensor(
                dtype: ElementType.f32.rawValue, shape: tensor.shape, offsets: [position, end])
            position = end
        }
        precondition(items.count == sorted.count + (metadata.isEmpty ? 0 : 1), "two tensors have one name")
        let header = encoded(items)
        try AtomicFile.write(to: path, listed: list) { file throws(FileError) in
            try file.append(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
            try file.append(header)
            for tensor in sorted {
                let values = tensor.values()
                precondition(values.count == tensor.shape.reduce(1, *), "\(tensor.name): \(values.count) values")
                try file.append(littleEndian: values)
            }
        }
    }

    private static func encoded(_ items: [String: HeaderItem]) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var header = Array(try encoder.encode(items))
            while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
            return header
        } catch {
            preconditionFailure("a header of texts and numbers cannot be encoded: \(error)")
        }
    }
}
