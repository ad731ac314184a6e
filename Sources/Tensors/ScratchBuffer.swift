/// Memory from the pool of tensors for what the tiles of one loop gather; it goes back with its last reference.
///
/// Unchecked because the compiler cannot see that each tile writes only its own part.
package final class ScratchBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The first of `count` values.
    package let data: UnsafeMutablePointer<Element>
    /// How many values there are.
    package let count: Int
    private let capacity: Int

    /// Room for `count` values, all of them `value` to begin with.
    package init(repeating value: Element, count: Int) {
        let buffer = StoragePool.take(bytes: count * MemoryLayout<Element>.stride)
        (self.count, capacity) = (count, buffer.capacity)
        data = buffer.pointer.bindMemory(to: Element.self, capacity: count)
        data.initialize(repeating: value, count: count)
    }

    deinit { StoragePool.give(data, capacity: capacity) }

    /// A copy of the values.
    package var array: [Element] { Array(UnsafeBufferPointer(start: data, count: count)) }
}
