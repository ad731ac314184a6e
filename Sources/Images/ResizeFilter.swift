/// For each output position of a bilinear resize along one axis: the first source position and its weights,
/// as Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` give them (libImaging/Resample.c). When
/// shrinking, the triangle widens with the scale (antialiasing). Weights are fixed-point integers of
/// `fractionBits` bits.
struct ResizeFilter {
    /// Pillow's PRECISION_BITS: 8 bits for the pixel and 2 for the sign and overshoot are left of 32.
    static let fractionBits: Int32 = 32 - 8 - 2

    /// First source position of each output position.
    private(set) var starts: [Int] = []
    /// How many source positions each output position reads.
    private(set) var counts: [Int] = []
    /// `stride` weights for each output position, zeros after its own.
    private(set) var weights: [Int32] = []
    let stride: Int

    /// The output positions `outputs` of a resize from `source` to `target` positions.
    init(from source: Int, to target: Int, outputs: Range<Int>) {
        let scale = Double(source) / Double(target)
        let support = max(scale, 1)
        stride = Int(support.rounded(.up)) * 2 + 1
        weights.reserveCapacity(outputs.count * stride)
        var triangle = [Double](repeating: 0, count: stride)
        for output in outputs {
            let center = (Double(output) + 0.5) * scale
            let first = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), source)
            var sum = 0.0
            for tap in 0..<end - first {
                let distance = abs((Double(tap + first) - center + 0.5) * (1 / support))
                triangle[tap] = distance < 1 ? 1 - distance : 0
                sum += triangle[tap]
            }
            starts.append(first)
            counts.append(end - first)
            for tap in 0..<stride {
                let weight = tap < end - first ? triangle[tap] / sum : 0
                weights.append(Int32(0.5 + weight * Double(1 << Self.fractionBits)))
            }
        }
    }

    /// The source positions that all output positions together read.
    var sources: Range<Int> {
        guard let first = starts.first, let last = starts.indices.last else { return 0..<0 }
        return first..<starts[last] + counts[last]
    }

    /// The same for a source that begins at the first position they read.
    func countedFromFirst() -> ResizeFilter {
        var shifted = self
        for index in starts.indices { shifted.starts[index] -= sources.lowerBound }
        return shifted
    }
}
