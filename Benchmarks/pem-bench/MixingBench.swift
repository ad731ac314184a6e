import CKernels
import Tensors

/// One row of class maps by the number of classes that are summed together: what `pk_mix_masks_together` is chosen
/// from, on one thread.
struct MixingBench {
    private static let together = Array(1...6)

    let report: BenchReport
    let rounds: Int

    func run() {
        report.section(
            "Mixing of class maps",
            "Microseconds of one row, 100 queries, one thread, by the number of classes summed together.",
            columns: ["classes @width", "chosen"] + Self.together.map(String.init))
        for width in [2048, 704] {
            for classes in [11, 19, 65, 80, 100, 133, 150, 171, 847] { measure(classes, width) }
        }
    }

    private func measure(_ classes: Int, _ width: Int) {
        let (queries, stride) = (100, width / 4 + 32)
        let (logits, weights) = (KernelShapes.random([queries, stride]), KernelShapes.random([queries, classes]))
        let scratch = Tensor(uninitialized: [queries, 64])
        var rows = mask_rows(
            above: logits.data, below: logits.data, weight: 0.375, stride: stride, queries: queries,
            is_bounded: 1)
        var labels = [UInt16](repeating: 0, count: width)
        var best = [Duration](repeating: .seconds(1), count: Self.together.count)
        // In alternation, so that a slow moment of the machine hits all of them.
        for _ in 0..<10 * rounds {
            for (index, together) in Self.together.enumerated() {
                best[index] = min(
                    best[index],
                    ContinuousClock().measure {
                        var weights = mask_classes(weights: weights.data, count: classes, together: together)
                        pk_mix_masks_row(&rows, &weights, width, scratch.data, &labels, nil, 0)
                    })
            }
        }
        withExtendedLifetime((logits, weights, scratch)) {}
        report.row(
            ["\(classes) @\(width)", "\(pk_mix_masks_together(classes))"]
                + best.map { String(Int(($0 / .microseconds(1)).rounded())) })
    }
}
