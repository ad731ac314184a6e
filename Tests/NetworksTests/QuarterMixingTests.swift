import Annotations
import CKernels
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct QuarterMixingTests {
    // 19 and 23 classes are summed in several parts; 33 columns leave a vector of pixels half full, 62, 94 and 131 end
    // with, before and behind sixteen cells. Embeddings of 20 give logits beyond ±80.
    @Test(arguments: [
        (3, 5, 3, 22, 33, Float(2)), (7, 37, 19, 28, 36, 2), (4, 6, 23, 13, 16, 2), (3, 4, 5, 12, 62, 2),
        (3, 3, 2, 12, 94, 4), (4, 7, 6, 15, 131, 4), (3, 5, 3, 12, 131, 20),
    ])
    func quarterMixingAgreesWithTheStepsAtFullSize(
        rows: Int, queries: Int, classes: Int, height: Int, width: Int, scale: Float
    ) {
        let columns = (width + 3) / 4
        let (height, channels) = (min(height, 4 * rows), 8)
        let embedding = testTensor("embedding", [queries, channels], scale: scale)
        let features = testTensor("features", [rows, columns, channels], scale: 2)
        let weights = testTensor("classes", [queries, classes]).array.map { abs($0) }
        let result = QuarterMixing(
            maskEmbedding: embedding, features: features,
            classProbabilities: Tensor(weights, shape: [queries, classes])
        ).labels(ImageSize(height: height, width: width), wantsScores: true)
        let (e, f) = (embedding.array.map(Double.init), features.array.map(Double.init))
        let logits = (0..<rows * columns * queries).map { index in
            (0..<channels).reduce(0.0) {
                $0 + f[index / queries * channels + $1] * e[index % queries * channels + $1]
            }
        }
        let masks = resizeReference(logits, [1, rows, columns, queries], height: 4 * rows, width: 4 * columns)
        let pixels = height * width
        let expected = (0..<classes * pixels).map { index -> Double in
            let (kind, y, x) = (index / pixels, index % pixels / width, index % width)
            return (0..<queries).reduce(0.0) {
                $0 + Double(weights[$1 * classes + kind])
                    / (1 + exp(-masks[(y * 4 * columns + x) * queries + $1]))
            }
        }
        guard let scores = result.scores else {
            Issue.record("no scores")
            return
        }
        assertClose(scores, expected, tolerance: 1e-5)
        for pixel in 0..<pixels {
            let best = (0..<classes).map { scores.data[$0 * pixels + pixel] }
            #expect(Int(result.labels[pixel]) == best.firstIndex(of: best.max() ?? 0))
        }
        withExtendedLifetime(scores) {}
    }

    /// How many classes are summed together is a matter of speed alone.
    @Test func anyNumberOfClassesTogetherGivesTheSameBits() {
        let (queries, classes, width, stride) = (37, 23, 131, 64)
        let (logits, weights) = (testTensor("row", [queries, stride], scale: 4), testTensor("w", [queries, classes]))
        func row(_ together: Int) -> (labels: [UInt16], scores: [UInt32]) {
            let (scratch, scores) = (Tensor(uninitialized: [queries, 64]), Tensor(zeros: [classes, width]))
            var labels = [UInt16](repeating: .max, count: width)
            var rows = mask_rows(
                above: logits.data, below: logits.data, weight: 0.375, stride: stride, queries: queries,
                is_bounded: 1)
            var columns = mask_classes(weights: weights.data, count: classes, together: together)
            pk_mix_masks_row(&rows, &columns, width, scratch.data, &labels, scores.data, width)
            withExtendedLifetime((logits, weights, scratch)) {}
            return (labels, scores.array.map(\.bitPattern))
        }
        for together in 2...6 { #expect(row(together) == row(1), "\(together) together") }
    }

    /// Logits that differ by 160 from one column to the next are bounded; those of 81 and NaN are not.
    @Test func boundedMasksAreAsExactAsOthers() {
        let (width, stride) = (256, 96)
        let values = (0..<width / 4).map { column -> Float in
            let place = column % 7
            return place == 0 ? -80 : place == 1 ? 80 : Float(sin(Double(column)) * 12)
        }
        let (row, one) = (Tensor(uninitialized: [16, stride]), Tensor([1], shape: [1, 1]))
        func makeRow(_ values: [Float]) -> Bool {
            let logits = Tensor(values.flatMap { [$0] + [Float](repeating: .nan, count: 15) }, shape: [width / 4, 16])
            return pk_mask_row(logits.data, 16, width / 4, 1, row.data, stride) != 0
        }
        for wrong: Float in [81, -81, .nan, .infinity] { #expect(!makeRow(Array(values.dropLast()) + [wrong])) }
        #expect(makeRow(values))
        let columns = (0..<stride).map { values[min(max($0 - 1, 0), values.count - 1)] }
        #expect(Array(row.array.prefix(stride)) == columns)
        for isBounded in [0, 1] as [Int32] {
            let (scratch, scores) = (Tensor(uninitialized: [1, 64]), Tensor(zeros: [width]))
            var labels = [UInt16](repeating: .max, count: width)
            var rows = mask_rows(
                above: row.data, below: row.data, weight: 0, stride: stride, queries: 1,
                is_bounded: isBounded)
            var classes = mask_classes(weights: one.data, count: 1, together: 1)
            pk_mix_masks_row(&rows, &classes, width, scratch.data, &labels, scores.data, width)
            for pixel in 0..<width {
                let (column, phase) = ((pixel + 2) / 4, Double((pixel + 2) % 4) / 4 + 0.125)
                let logit = Double(columns[column]) * (1 - phase) + Double(columns[column + 1]) * phase
                let wanted: Double = 1 / (1 + exp(-logit))
                let slope = Double(abs(columns[column + 1] - columns[column]))
                #expect(abs(Double(scores.data[pixel]) - wanted) < 3e-7 + 3e-8 * slope, "pixel \(pixel)")
            }
            withExtendedLifetime((scratch, scores)) {}
        }
        withExtendedLifetime((row, one)) {}
    }
}
