import Tensors

/// Sums over rows, in Double, by chunks of rows that follow from the shape alone and are added in their
/// order: any number of threads gives the same bits. The one way in which gradients and statistics are summed
/// over rows.
package struct RowSums {
    /// [quantities, groups · width].
    private let sums: [Double]
    private let length: Int

    /// Sums `rows` rows of `width` floats for each of `groups` groups; where there are several quantities, a tile has
    /// whole rows.
    ///
    /// `add` gets the first float of a tile, the tile's rows and columns (rows lie `width` apart), and where
    /// to add the first quantity of its first column; the next quantity lies `width` further.
    package init(
        groups: Int = 1, rows: Int, width: Int, quantities: Int,
        add: (_ offset: Int, _ rows: Int, _ columns: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
    ) {
        // At most 64 chunks of at least 16 rows, so that the partial sums stay small beside the rows.
        let rowGrain = max(16, elementGrain / 2 / max(1, width), (rows + 63) / 64)
        let chunks = max(1, (rows + rowGrain - 1) / rowGrain)
        let columnGrain = min(max(1, width), elementGrain / 2)
        let segments = (width + columnGrain - 1) / columnGrain
        precondition(quantities == 1 || segments <= 1, "several sums over rows of \(width) floats, which are too wide")
        let size = quantities * width
        let scratch = ScratchBuffer(repeating: 0.0, count: groups * chunks * size)
        let partial = scratch.data
        parallelFor(groups * chunks * segments) { tile in
            let column = tile % segments * columnGrain
            let part = tile / segments
            let row = part % chunks * rowGrain
            guard row < rows else { return }
            add(
                (part / chunks * rows + row) * width + column, min(rowGrain, rows - row),
                min(columnGrain, width - column), partial + part * size + column)
        }
        length = groups * width
        var sums = [Double](repeating: 0, count: quantities * length)
        for group in 0..<groups {
            for chunk in 0..<chunks {
                let source = partial + (group * chunks + chunk) * size
                for quantity in 0..<quantities {
                    let (from, to) = (quantity * width, quantity * length + group * width)
                    for column in 0..<width { sums[to + column] += source[from + column] }
                }
            }
        }
        self.sums = sums
        withExtendedLifetime(scratch) {}
    }

    private init(sums: [Double], length: Int) {
        self.sums = sums
        self.length = length
    }

    /// The sums of `groups` groups together, in the fixed tree of images.
    package func joined(groups: Int) -> RowSums {
        if groups == 1 { return self }
        let (width, quantities) = (length / groups, sums.count / length)
        let joined = (0..<quantities).flatMap { quantity in
            (0..<width).map { column in
                ImageTree.sum((0..<groups).lazy.map { sums[quantity * length + $0 * width + column] })
            }
        }
        return RowSums(sums: joined, length: width)
    }

    /// One quantity, [groups · width].
    package subscript(_ quantity: Int) -> ArraySlice<Double> { sums[quantity * length..<(quantity + 1) * length] }

    /// One quantity, rounded.
    package func tensor(_ quantity: Int, shape: [Int]) -> Tensor {
        Tensor(self[quantity].map { Float($0) }, shape: shape)
    }
}
