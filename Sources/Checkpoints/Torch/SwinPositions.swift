/// The official Swin keeps for each window size which row of a table of relative positions a pair of tokens reads.
enum SwinPositions {
    private static let table = "relative_position_bias_table"

    /// `relative_position_index` [w², w²] that belongs to a table [(2w − 1)², heads]; nil for other tensors.
    static func index(beside tensor: SavedTensor) -> SavedTensor? {
        guard tensor.name.hasSuffix("." + table), let rows = tensor.shape.first else { return nil }
        let span = Int(Double(rows).squareRoot().rounded())
        let side = (span + 1) / 2
        let count = side * side
        var index = SavedTensor(
            name: tensor.name.dropLast(table.count) + "relative_position_index", shape: [count, count]
        ) {
            (0..<count * count).map { pair in
                let (query, key) = (pair / count, pair % count)
                let (y, x) = (query / side - key / side + side - 1, query % side - key % side + side - 1)
                return Float(y * span + x)
            }
        }
        index.isInteger = true
        return index
    }
}
