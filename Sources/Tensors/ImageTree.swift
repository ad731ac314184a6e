/// A sum over images in one fixed binary tree: neighbours first, then neighbouring pairs, and so on, whatever the parts
/// that the images come in. So the images may be divided among parts of a batch, or among machines, and the sum keeps
/// its bits.
package struct ImageTree<Value> {
    private let add: (Value, Value) -> Value
    /// Sums of 2^level neighbouring images, by falling level.
    private var nodes: [(level: Int, sum: Value)] = []

    /// A sum of no images yet.
    package init(add: @escaping (Value, Value) -> Value) { self.add = add }

    /// Adds the next image.
    package mutating func append(_ value: Value) {
        var (level, sum) = (0, value)
        while let last = nodes.last, last.level == level {
            sum = add(last.sum, sum)
            level += 1
            nodes.removeLast()
        }
        nodes.append((level, sum))
    }

    /// The sum; nil of no images.
    package var total: Value? {
        guard var sum = nodes.last?.sum else { return nil }
        for node in nodes.dropLast().reversed() { sum = add(node.sum, sum) }
        return sum
    }

    /// The sum of numbers, one an image.
    package static func sum(_ values: some Sequence<Double>) -> Double where Value == Double {
        var tree = ImageTree(add: +)
        for value in values { tree.append(value) }
        return tree.total ?? 0
    }
}

extension ImageTree where Value == Tensor {
    /// A sum of tensors, of no images yet.
    package static var sums: ImageTree {
        ImageTree { first, second in
            var sum = first
            sum.accumulate(second)
            return sum
        }
    }
}
