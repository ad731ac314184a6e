import CKernels
import Tensors

/// Floats of work below which a chunk is not worth handing to another thread.
package let elementGrain = 1 << 15

/// How a smaller operand is repeated along a larger one: both are split into `groups`, and in each group of
/// the larger one `rows` rows of `width` floats meet the same row of the smaller one.
package struct Broadcast {
    let groups: Int
    let rows: Int
    let width: Int

    /// b has a's shape, or a suffix of it, or is [B, 1, 1, C] against a's [B, H, W, C].
    package init(_ b: [Int], along a: [Int], operation: String) {
        let count = a.reduce(1, *)
        if a.suffix(b.count).elementsEqual(b) {
            groups = 1
            width = b.reduce(1, *)
            rows = width == 0 ? 0 : count / width
        } else {
            precondition(a.count == 4 && b == [a[0], 1, 1, a[3]], "\(operation): \(b) cannot be repeated along \(a)")
            groups = a[0]
            rows = a[1] * a[2]
            width = a[3]
        }
    }

    /// Calls `body` on tiles: first float in the larger operand, first float in the smaller one, rows, and
    /// columns.
    package func forEachTile(_ body: (_ large: Int, _ small: Int, _ rows: Int, _ columns: Int) -> Void) {
        guard width > 0, rows > 0 else { return }
        let columnGrain = min(width, elementGrain)
        let rowGrain = max(1, elementGrain / width)
        let columnTiles = (width + columnGrain - 1) / columnGrain
        let rowTiles = (rows + rowGrain - 1) / rowGrain
        parallelFor(groups * rowTiles * columnTiles) { tile in
            let column = tile % columnTiles * columnGrain
            let row = tile / columnTiles % rowTiles * rowGrain
            let group = tile / columnTiles / rowTiles
            body(
                (group * rows + row) * width + column, group * width + column, min(rowGrain, rows - row),
                min(columnGrain, width - column))
        }
    }

    /// A new tensor of a's shape: `kernel` computes each tile from a's and the one of b that meets it.
    package func combined(
        _ a: Tensor, _ b: Tensor,
        _ kernel: (
            _ a: UnsafePointer<Float>?, _ b: UnsafePointer<Float>?, _ rows: Int, _ columns: Int, _ width: Int,
            _ y: UnsafeMutablePointer<Float>?
        ) -> Void
    ) -> Tensor {
        let y = Tensor(uninitialized: a.shape)
        forEachTile { large, small, rows, columns in
            kernel(a.data + large, b.data + small, rows, columns, width, y.data + large)
        }
        return y
    }

    /// The gradient of the smaller operand, of shape `shape`: the sum of dY over the rows that met it, each
    /// times its value of `factor` where one is given. Where all images share it and `images` are kept apart, it is
    /// [images] + shape.
    package func reduced(_ dY: Tensor, times factor: Tensor? = nil, shape: [Int], images: Int? = nil) -> Tensor {
        let apart = groups == 1 ? images ?? 1 : 1
        let sums = RowSums(groups: groups * apart, rows: rows / apart, width: width, quantities: 1) {
            offset, rows, columns, sums in
            if let factor {
                pk_add_column_products(dY.data + offset, factor.data + offset, rows, columns, width, sums)
            } else {
                pk_add_column_sums(dY.data + offset, rows, columns, width, sums)
            }
        }
        return sums.tensor(0, shape: apart > 1 ? [apart] + shape : shape)
    }
}
