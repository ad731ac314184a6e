/// `relative_position_index` of a Swin Transformer's block: which row of its table of biases holds that of two positions
/// of a window. It follows from the size of the window, and the official code keeps it among its weights.
package struct SwinIndex: Sendable {
    let name: String
    /// Positions of a window, twice.
    let shape: [Int]
    /// (y − y' + w − 1) · (2w − 1) + x − x' + w − 1, by position (y, x), then by position (y', x').
    let values: [Int64]

    /// That beside a table; nil for any other tensor.
    init?(table: SavedTensor) {
        let ending = "relative_position_bias_table"
        guard table.name.hasSuffix("." + ending), let rows = table.shape.first else { return nil }
        let side = Int(Double(rows).squareRoot())
        guard side % 2 == 1, side * side == rows else { return nil }
        let (width, positions) = ((side + 1) / 2, (side + 1) * (side + 1) / 4)
        name = table.name.dropLast(ending.count) + "relative_position_index"
        shape = [positions, positions]
        values = (0..<positions).flatMap { query in
            (0..<positions).map { key in
                let (down, right) = (query / width - key / width, query % width - key % width)
                return Int64((down + width - 1) * side + right + width - 1)
            }
        }
    }
}
