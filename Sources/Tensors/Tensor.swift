import Glibc

/// The buffer of a tensor; it goes back to the pool with its last reference.
///
/// Unchecked because the compiler cannot see that kernels write a buffer only before its tensor is shared.
package final class Storage: @unchecked Sendable {
    let floats: UnsafeMutablePointer<Float>
    private let capacity: Int

    init(count: Int) {
        let buffer = StoragePool.take(bytes: count * MemoryLayout<Float>.stride)
        capacity = buffer.capacity
        floats = buffer.pointer.assumingMemoryBound(to: Float.self)
    }

    deinit { StoragePool.give(floats, capacity: capacity) }
}

/// A dense Float32 array, channels last: an image is [B, H, W, C], tokens are [B, N, C], and the two are the
/// same memory.
///
/// A tensor is written by the kernel that makes it and read-only from then on; copies share the buffer.
package struct Tensor: Sendable {
    /// Sizes of the axes, outermost first.
    package let shape: [Int]
    /// Product of the sizes.
    package let count: Int
    private var storage: Storage
    /// The first float in the buffer.
    private let offset: Int

    /// A tensor whose values are undefined until a kernel has written them.
    package init(uninitialized shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "tensor: negative size in \(shape)")
        self.shape = shape
        count = shape.reduce(1, *)
        storage = Storage(count: count)
        offset = 0
    }

    /// A tensor of zeros.
    package init(zeros shape: [Int]) {
        self.init(uninitialized: shape)
        memset(data, 0, count * MemoryLayout<Float>.stride)
    }

    /// A tensor that holds one value everywhere.
    package init(repeating value: Float, shape: [Int]) {
        self.init(uninitialized: shape)
        data.update(repeating: value, count: count)
    }

    /// A tensor of the given values in row-major order; their number is the product of the shape.
    package init(_ values: [Float], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "tensor: \(values.count) values for shape \(shape)")
        self.init(uninitialized: shape)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { data.update(from: base, count: count) }
        }
    }

    private init(sharing storage: Storage, offset: Int, shape: [Int], count: Int) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.count = count
    }

    /// Raw access for kernels, valid while the tensor lives. Only the maker of a tensor writes through it.
    package var data: UnsafeMutablePointer<Float> { storage.floats + offset }

    /// The size of the last axis: channels, or columns of a matrix.
    package var channels: Int { shape.last ?? 1 }

    /// The number of rows when all axes but the last are one: pixels of all images, or tokens.
    package var rows: Int { channels == 0 ? 0 : count / channels }

    /// The values in row-major order.
    package var array: [Float] { Array(UnsafeBufferPointer(start: data, count: count)) }

    /// The only value of a tensor that has one.
    package var scalar: Float {
        precondition(count == 1, "scalar: tensor of shape \(shape) has \(count) values")
        return data[0]
    }

    /// The same buffer seen with other axes of the same product.
    package func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "reshape: \(self.shape) does not fit \(shape)")
        return Tensor(sharing: storage, offset: offset, shape: shape, count: count)
    }

    /// Items `range` of the leading axis, in the same buffer: [N, …] -> [range.count, …].
    package func items(_ range: Range<Int>) -> Tensor {
        precondition(!shape.isEmpty && range.upperBound <= shape[0], "items: \(range) of shape \(shape)")
        let stride = count / max(1, shape[0])
        return Tensor(
            sharing: storage, offset: offset + range.lowerBound * stride, shape: [range.count] + shape.dropFirst(),
            count: range.count * stride)
    }

    /// One item of the leading axis, in the same buffer: [N, …] -> […].
    package func item(_ index: Int) -> Tensor { items(index..<index + 1).reshaped(Array(shape.dropFirst())) }

    /// A copy with a buffer of its own.
    package func copied() -> Tensor {
        let result = Tensor(uninitialized: shape)
        result.data.update(from: data, count: count)
        return result
    }

    /// Whether no other tensor shares this buffer, so that it may be written in place.
    package mutating func isUniquelyOwned() -> Bool { isKnownUniquelyReferenced(&storage) }
}
