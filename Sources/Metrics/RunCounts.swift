/// How often each value occurs at the positions 0 ..< count; nil counts for nothing. In images neighbours are mostly
/// equal, so that one look-up a run is enough.
package func runCounts<Value: Hashable>(_ count: Int, _ value: (Int) -> Value?) -> [Value: Int] {
    var counts: [Value: Int] = [:]
    addRunCounts(0..<count, to: &counts, value)
    return counts
}

/// Adds how often each value occurs at the positions in `range`.
func addRunCounts<Value: Hashable>(
    _ range: Range<Int>, to counts: inout [Value: Int], _ value: (Int) -> Value?
) {
    var (start, last) = (range.lowerBound, Value?.none)
    for position in range {
        let next = value(position)
        if next == last { continue }
        if let last { counts[last, default: 0] += position - start }
        (start, last) = (position, next)
    }
    if let last { counts[last, default: 0] += range.upperBound - start }
}

/// Rows as columns: a map of `width` values a row, column by column.
func transposed(_ values: [UInt16], width: Int) -> [UInt16] {
    let height = values.count / width
    return [UInt16](unsafeUninitializedCapacity: values.count) { target, count in
        for column in 0..<width {
            for row in 0..<height { target[column * height + row] = values[row * width + column] }
        }
        count = values.count
    }
}
