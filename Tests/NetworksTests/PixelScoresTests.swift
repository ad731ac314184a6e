import Annotations
import Autodiff
import Foundation
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// The sizes of a case, and whether masks are resized to the output before classes are mixed.
struct MixingCase: Sendable {
    let queries, classes: Int
    let output: ImageSize
    let resizesMasks: Bool
    static let logits = ImageSize(height: 6, width: 9)
    static let padded = ImageSize(height: 24, width: 36)
    static let image = ImageSize(height: 22, width: 33)

    init(queries: Int = 5, classes: Int = 3, output: (height: Int, width: Int), resizesMasks: Bool) {
        (self.queries, self.classes, self.resizesMasks) = (queries, classes, resizesMasks)
        self.output = ImageSize(height: output.height, width: output.width)
    }

    var request: InferenceRequest {
        InferenceRequest(
            input: Self.padded, image: Self.image, output: output, resizesMasksBeforeMixing: resizesMasks)
    }
}

@Suite struct PixelScoresTests {
    private static let cases = [
        MixingCase(output: (22, 33), resizesMasks: true), MixingCase(output: (22, 33), resizesMasks: false),
        MixingCase(output: (40, 51), resizesMasks: true), MixingCase(output: (40, 51), resizesMasks: false),
        MixingCase(output: (9, 70), resizesMasks: true), MixingCase(output: (9, 70), resizesMasks: false),
        MixingCase(queries: 37, classes: 19, output: (31, 33), resizesMasks: true),
        MixingCase(queries: 37, classes: 19, output: (31, 33), resizesMasks: false),
    ]

    private func logits(_ test: MixingCase) -> Tensor {
        testTensor("logits", [MixingCase.logits.height, MixingCase.logits.width, test.queries], scale: 8)
    }

    private func probabilities(_ test: MixingCase) -> Tensor {
        let values = testTensor("classes", [test.queries, test.classes]).array.map { abs($0) }
        return Tensor(values, shape: [test.queries, test.classes])
    }

    private func scores(_ test: MixingCase) -> PixelScores {
        PixelScores(
            masks: MapResampler(logits(test), test.request, resizesToOutput: test.resizesMasks),
            classProbabilities: probabilities(test), output: test.output)
    }

    private func mixed(_ test: MixingCase) -> PixelScores.Result { scores(test).labels(wantsScores: true) }

    /// Every step at full size, as maskformer_model.py takes them: scores [K, H, W].
    private func reference(_ test: MixingCase) -> [Double] {
        let (padded, image) = (MixingCase.padded, MixingCase.image)
        var masks = resizeReference(
            logits(test).array.map(Double.init),
            [1, MixingCase.logits.height, MixingCase.logits.width, test.queries],
            height: padded.height, width: padded.width)
        masks = (0..<image.height * image.width * test.queries).map { index in
            let (site, query) = (index / test.queries, index % test.queries)
            return masks[(site / image.width * padded.width + site % image.width) * test.queries + query]
        }
        if test.resizesMasks {
            masks = resizeReference(
                masks, [1, image.height, image.width, test.queries], height: test.output.height,
                width: test.output.width)
        }
        let weights = probabilities(test).array.map(Double.init)
        let scores = (0..<masks.count / test.queries * test.classes).map { index in
            (0..<test.queries).reduce(0.0) {
                let logit = masks[index / test.classes * test.queries + $1]
                return $0 + weights[$1 * test.classes + index % test.classes] / (1 + exp(-logit))
            }
        }
        let resized =
            test.resizesMasks
            ? scores
            : resizeReference(
                scores, [1, image.height, image.width, test.classes], height: test.output.height,
                width: test.output.width)
        let pixels = test.output.height * test.output.width
        return (0..<test.classes * pixels).map { resized[$0 % pixels * test.classes + $0 / pixels] }
    }

    @Test(arguments: cases)
    func agreesWithTheStepsAtFullSize(test: MixingCase) {
        let (result, expected) = (mixed(test), reference(test))
        let pixels = test.output.height * test.output.width
        guard let scores = result.scores, result.labels.count == pixels else {
            Issue.record("\(result.labels.count) labels")
            return
        }
        #expect(scores.shape == [test.classes, test.output.height, test.output.width])
        // Logits of 8 at positions that are float32.
        assertClose(scores, expected, tolerance: 1e-5)
        for pixel in 0..<pixels {
            let label = Int(result.labels[pixel])
            let best = (0..<test.classes).map { expected[$0 * pixels + pixel] }.max() ?? 0
            #expect(label < test.classes && expected[label * pixels + pixel] >= best - 1e-4)
        }
    }

    /// Scores [K, H, W] at a place of a larger map [H, W, K] that held one everywhere.
    @Test(arguments: cases, [false, true])
    func addsToAPartOfAMap(test: MixingCase, isMirrored: Bool) {
        let (height, width) = (test.output.height, test.output.width)
        let (rows, columns, x, y) = (height + 3, width + 5, 2, 1)
        let sums = Tensor(repeating: 1, shape: [rows, columns, test.classes])
        scores(test).add(to: sums, x: x, y: y, isMirrored: isMirrored)
        let expectedScores = reference(test)
        let expected = (0..<sums.count).map { place in
            let (pixel, kind) = (place / test.classes, place % test.classes)
            let (row, column) = (pixel / columns - y, pixel % columns - x)
            guard 0..<height ~= row, 0..<width ~= column else { return 1.0 }
            return 1 + expectedScores[(kind * height + row) * width + (isMirrored ? width - 1 - column : column)]
        }
        assertClose(sums, expected, tolerance: 1e-5)
    }

    /// A map of scores is resized as mixed scores are.
    @Test(arguments: cases.filter { !$0.resizesMasks })
    func aMapOfScoresGivesTheSameLabels(test: MixingCase) {
        let image = MixingCase.image
        let map = Tensor(zeros: [image.height, image.width, test.classes])
        PixelScores(
            masks: MapResampler(logits(test), test.request, resizesToOutput: false),
            classProbabilities: probabilities(test)
        ).add(to: map)
        let result = PixelScores(scores: map, output: test.output).labels(wantsScores: true)
        #expect(result.labels == mixed(test).labels)
        #expect(result.scores?.array == mixed(test).scores?.array)
    }

    /// A per-pixel network's logits, of a stride that does not divide the input: enlarged, cropped and resized.
    @Test(arguments: [(22, 33), (40, 51), (9, 70)], [(24, 36), (23, 34)])
    func pixelLogitsAreEnlargedCroppedAndResized(output: (Int, Int), input: (Int, Int)) {
        let (logits, image) = (testTensor("pixels", [2, 6, 9, 5]), MixingCase.image)
        let request = InferenceRequest(
            input: ImageSize(height: input.0, width: input.1), image: image,
            output: ImageSize(height: output.0, width: output.1), resizesMasksBeforeMixing: false)
        let prediction = PixelPredictions(logits: [Variable(logits)])
        #expect(prediction.masks == nil && prediction.raw.map(\.value.shape) == [[2, 5, 6, 9]])
        let result = prediction.semanticSegmentation(image: 1, request, wantsScores: true)
        let one = logits.items(1..<2).array.map(Double.init)
        let enlarged = resizeReference(one, [1, 6, 9, 5], height: 24, width: 36)
        let cropped = (0..<image.area * 5).map { index in
            enlarged[(index / 5 / image.width * 36 + index / 5 % image.width) * 5 + index % 5]
        }
        let scores = resizeReference(
            cropped, [1, image.height, image.width, 5], height: output.0, width: output.1)
        let pixels = output.0 * output.1
        guard let actual = result.scores else {
            Issue.record("no scores")
            return
        }
        assertClose(actual, (0..<5 * pixels).map { scores[$0 % pixels * 5 + $0 / pixels] })
        for pixel in 0..<pixels {
            let classes = (0..<5).map { actual.data[$0 * pixels + pixel] }
            #expect(Int(result.labels[pixel]) == classes.firstIndex(of: classes.max() ?? 0))
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        expectSameBits {
            Self.cases.flatMap { test -> [Tensor] in
                let result = mixed(test)
                return [Tensor(result.labels.map(Float.init), shape: [result.labels.count])]
                    + [result.scores].compactMap { $0 }
            }
        }
    }

    /// Probabilities of logits as they are: one row, no resize.
    private func sigmoids(_ logits: [Float]) -> [Float] {
        let masks = MapResampler(
            Tensor(logits, shape: [1, logits.count, 1]), rows: ResizeTaps(bilinear: 1, to: 1),
            columns: ResizeTaps(bilinear: logits.count, to: logits.count))
        let (row, result) = (Tensor(uninitialized: [masks.rowCount]), Tensor(uninitialized: [logits.count]))
        masks.combineRow(0, into: row.data)
        masks.probabilities(of: row.data, 0..<logits.count, into: result.data)
        return result.array
    }

    @Test func sigmoidIsExactToRounding() {
        let logits = stride(from: Float(-86), through: 90, by: 0.0137).map { $0 }
        var worst = 0.0
        for (value, logit) in zip(sigmoids(logits), logits) {
            let inverse: Double = 1 + exp(-Double(logit))
            worst = max(worst, abs(Double(value) * inverse - 1))
        }
        #expect(worst < 3e-7)
    }

    @Test func sigmoidKeepsWhatIsNoNumber() {
        let values = sigmoids([.nan, 200, -200])
        #expect(values[0].isNaN)
        #expect(values[1] == 1 && values[2] >= 0 && values[2] < 1e-37)
    }
}
