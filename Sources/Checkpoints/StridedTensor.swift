import Foundation

/// Bytes that one or several tensors lie in.
final class StorageBlock {
    /// Little-endian, unless the file says otherwise.
    fileprivate(set) var bytes: Data
    /// CRC-32 of the bytes, where the file has one; checked when they are first read.
    private var checksum: UInt32?
    let isBigEndian: Bool

    init(_ bytes: Data, checksum: UInt32? = nil, isBigEndian: Bool = false) {
        self.bytes = bytes
        self.checksum = checksum
        self.isBigEndian = isBigEndian
    }

    /// Puts the bytes in that come later in a file.
    func fill(_ bytes: Data) { self.bytes = bytes }

    /// Throws `CheckpointError.damaged` where the bytes are not what the checksum says.
    func verify(path: String, name: String) throws(CheckpointError) {
        guard let expected = checksum else { return }
        guard Checksum.crc32(bytes) == expected else {
            throw .damaged(path: path, problem: "the checksum of tensor \(name) is wrong")
        }
        checksum = nil
    }
}

/// A part of a storage: `count` elements from `offset` on. Nil type: of bytes.
struct StorageView {
    let block: StorageBlock
    let type: ElementType?
    let count: Int
    var offset = 0
}

/// A tensor as PyTorch and NumPy keep them: shape, strides and offset (in elements) over a storage.
struct StridedTensor {
    let block: StorageBlock
    let type: ElementType
    let shape: [Int]
    let strides: [Int]
    let offset: Int
    /// Product of the shape.
    let count: Int

    /// More axes than PyTorch allows.
    static let mostAxes = 64

    /// Nil where anything lies outside the storage of `elements` elements, or a size overflows.
    init?(
        _ block: StorageBlock, _ type: ElementType, elements: Int, shape: [Int], strides: [Int], offset: Int
    ) {
        guard shape.count == strides.count, shape.count <= Self.mostAxes, offset >= 0, offset <= elements,
            shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
        else { return nil }
        var (count, last) = (1, offset)
        for (size, stride) in zip(shape, strides) {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            let (step, tooFar) = stride.multipliedReportingOverflow(by: max(0, size - 1))
            let (sum, beyond) = last.addingReportingOverflow(step)
            guard !overflow, !tooFar, !beyond, product < 1 << 40 else { return nil }
            (count, last) = (product, sum)
        }
        guard count == 0 || last < elements else { return nil }
        (self.block, self.type, self.shape, self.strides) = (block, type, shape, strides)
        (self.offset, self.count) = (offset, count)
    }

    /// Strides of a tensor without gaps, last axis fastest.
    static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = Array(repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] =
                strides[axis + 1].multipliedReportingOverflow(by: max(1, shape[axis + 1])).partialValue
        }
        return strides
    }

    /// The values, last axis fastest, as Float32. Throws `CheckpointError.damaged` where the storage is not
    /// what its checksum says.
    func floats(path: String, name: String) throws(CheckpointError) -> [Float] {
        try block.verify(path: path, name: name)
        if count == 0 { return [] }
        let start = block.bytes.startIndex + offset * type.size
        let isContiguous = zip(shape, zip(strides, Self.contiguousStrides(shape))).allSatisfy {
            size, stride in
            size == 1 || stride.0 == stride.1
        }
        if isContiguous, !block.isBigEndian || type.size == 1 {
            return type.floats(block.bytes[start..<start + count * type.size])
        }
        return type.floats(Data(gathered()))
    }

    /// The elements' bytes in order, little-endian.
    private func gathered() -> [UInt8] {
        let size = type.size
        var result: [UInt8] = []
        result.reserveCapacity(count * size)
        block.bytes.withUnsafeBytes { bytes in
            var index = Array(repeating: 0, count: shape.count)
            var element = offset
            for _ in 0..<count {
                let place = bytes[element * size..<(element + 1) * size]
                if block.isBigEndian {
                    result.append(contentsOf: place.reversed())
                } else {
                    result.append(contentsOf: place)
                }
                for axis in shape.indices.reversed() {
                    index[axis] += 1
                    element += strides[axis]
                    if index[axis] < shape[axis] { break }
                    element -= strides[axis] * shape[axis]
                    index[axis] = 0
                }
            }
        }
        return result
    }
}
