import CKernels

/// A linear resize of one axis: for each output position at most four input positions with weights.
///
/// Bilinear resizing (torch interpolate, align_corners false) needs two; two resizes after one another, four.
package struct ResizeTaps: Sendable {
    /// Number of output positions.
    package let count: Int
    /// Four input positions for each output position; where fewer are needed the first is repeated.
    private let indices: [Int32]
    /// Their weights; 0 where fewer are needed, and there alone.
    private let weights: [Float]

    private init(_ taps: [[(index: Int, weight: Float)]]) {
        count = taps.count
        indices = taps.flatMap { taps in (0..<4).map { Int32($0 < taps.count ? taps[$0].index : taps[0].index) } }
        weights = taps.flatMap { taps in (0..<4).map { $0 < taps.count ? taps[$0].weight : Float(0) } }
    }

    /// Bilinear from `input` to `output` positions.
    package init(bilinear input: Int, to output: Int) { self.init(ResizeAxis(input: input, output: output)) }

    /// As the axis of a bilinear resize reads its input.
    package init(_ axis: ResizeAxis) {
        let input = axis.view.input
        self.init(
            (0..<axis.view.output).map { position -> [(index: Int, weight: Float)] in
                let (lower, fraction) = (Int(axis.view.lower[position]), axis.view.weight[position])
                guard lower + 1 < input, fraction > 0 else { return [(index: lower, weight: Float(1))] }
                return [(index: lower, weight: 1 - fraction), (index: lower + 1, weight: fraction)]
            })
    }

    /// The first `count` output positions.
    package func prefix(_ count: Int) -> ResizeTaps {
        precondition(count <= self.count, "resize taps: \(count) of \(self.count)")
        return ResizeTaps((0..<count).map(taps))
    }

    /// This resize, then another one of its result.
    package func followed(by next: ResizeTaps) -> ResizeTaps {
        ResizeTaps(
            (0..<next.count).map { position -> [(index: Int, weight: Float)] in
                var sums: [(index: Int, weight: Float)] = []
                for outer in next.taps(position) {
                    for inner in taps(outer.index) {
                        let weight = outer.weight * inner.weight
                        if let place = sums.firstIndex(where: { $0.index == inner.index }) {
                            sums[place].weight += weight
                        } else {
                            sums.append((inner.index, weight))
                        }
                    }
                }
                return sums
            })
    }

    /// Output row `y` of rows of `rowCount` floats that follow each other from `base` on.
    package func combineRow(
        _ y: Int, of base: UnsafePointer<Float>, rowCount: Int, into row: UnsafeMutablePointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 4) { sources in
            for tap in 0..<4 { sources[tap] = base + Int(indices[4 * y + tap]) * rowCount }
            weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                pk_combine_rows(sources.baseAddress, weights + 4 * y, rowCount, row)
            }
        }
    }

    /// The output positions in `range` of a row [input, channels] -> [range.count, channels], by a kernel such as
    /// `pk_resample_columns`.
    package func resample(
        _ row: UnsafePointer<Float>, _ range: Range<Int>, channels: Int, into result: UnsafeMutablePointer<Float>,
        _ kernel: (
            UnsafePointer<Float>?, UnsafePointer<Int32>?, UnsafePointer<Float>?, Int, Int, UnsafeMutablePointer<Float>?
        ) -> Void
    ) {
        indices.withUnsafeBufferPointer { indices in
            weights.withUnsafeBufferPointer { weights in
                guard let indices = indices.baseAddress, let weights = weights.baseAddress else { return }
                let start = 4 * range.lowerBound
                kernel(row, indices + start, weights + start, range.count, channels, result)
            }
        }
    }

    /// The input positions that the output positions in `range`, one at least, read: the first to the last.
    package func inputs(_ range: Range<Int>) -> ClosedRange<Int> {
        let used = indices[4 * range.lowerBound..<4 * range.upperBound]
        return Int(used.min() ?? 0)...Int(used.max() ?? 0)
    }

    private func taps(_ position: Int) -> [(index: Int, weight: Float)] {
        let all = 4 * position..<4 * position + 4
        return all.prefix { $0 == all.lowerBound || weights[$0] != 0 }.map { (Int(indices[$0]), weights[$0]) }
    }
}
