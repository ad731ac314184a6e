/// How often each value occurs at the places 0 ..< count; nil counts for nothing. In images neighbours are mostly
/// equal, so that one look-up a run is enough.
func runCounts<Value: Hashable>(_ count: Int, _ value: (Int) -> Value?) -> [Value: Int] {
    var counts: [Value: Int] = [:]
    var (start, last) = (0, Value?.none)
    for place in 0..<count {
        let next = value(place)
        if next == last { continue }
        if let last { counts[last, default: 0] += place - start }
        (start, last) = (place, next)
    }
    if let last { counts[last, default: 0] += count - start }
    return counts
}
