import Annotations
import Metrics
import Testing

@Suite struct SemanticEvaluatorTests {
    private let names = ["road", "car", "sky"]

    /// By hand. Truth:  road road road car car ignored; predicted: road car sky car car sky. road: 1 hit of
    /// 3 true, 1 predicted: 1/3. car: 2 hits, 2 true, 3 predicted: 2/3. sky: never true, no score, although
    /// predicted once where it counts; the ignored pixel counts nowhere.
    private func handMade() throws -> SemanticEvaluator {
        var evaluator = SemanticEvaluator(classNames: names)
        try evaluator.add(prediction: [0, 1, 2, 1, 1, 2], truth: [0, 0, 0, 1, 1, 255], image: "a")
        return evaluator
    }

    @Test func scoresByHand() throws {
        let result = try handMade().result
        let third = 100.0 / 3
        #expect(close(result.iou[0], third) && close(result.iou[1], 2 * third) && result.iou[2].isNaN)
        #expect(
            close(result.accuracy[0], third) && close(result.accuracy[1], 100) && result.accuracy[2].isNaN)
        #expect(close(result.meanIoU, 50))
        #expect(close(result.frequencyWeightedIoU, third * 3 / 5 + 2 * third * 2 / 5))
        #expect(close(result.meanAccuracy, 2 * third))
        #expect(close(result.pixelAccuracy, 60))
        #expect(result.frequency == [60, 40, 0])
    }

    /// The same, where sky's absence counts: mmsegmentation's IoU of it is 0 / 1, and PIDNet's accuracy 0 as well. A
    /// class that is not even predicted has an IoU with PIDNet alone.
    @Test(
        arguments: [
            (.detectron2, 50, 200.0 / 3, "of 2 of 4 classes"),
            (.mmsegmentation, 100.0 / 3, 200.0 / 3, "of 3 of 4 classes, 1 without true pixels as 0"),
            (.allClasses, 25, 100.0 / 3, "of 4 classes, 2 without true pixels as 0"),
        ] as [(SemanticResult.MeanRule, Double, Double, String)])
    func absentClassesCountByTheRule(rule: SemanticResult.MeanRule, iou: Double, accuracy: Double, coverage: String)
        throws
    {
        var evaluator = SemanticEvaluator(classNames: names + ["sea"], rule: rule)
        try evaluator.add(prediction: [0, 1, 2, 1, 1, 2], truth: [0, 0, 0, 1, 1, 255], image: "a")
        let result = evaluator.result
        #expect(close(result.meanIoU, iou) && close(result.meanAccuracy, accuracy))
        #expect(result.coverage == coverage && result.table().contains("mIoU \(coverage) "))
        #expect(close(result.pixelAccuracy, 60))
    }

    @Test func aRuleChangesNothingWhereEveryClassIsThere() throws {
        let means = try [SemanticResult.MeanRule.detectron2, .mmsegmentation, .allClasses].map { rule in
            var evaluator = SemanticEvaluator(classNames: ["a", "b"], rule: rule)
            try evaluator.add(prediction: [0, 1, 1], truth: [0, 0, 1], image: "a")
            #expect(evaluator.result.coverage == nil)
            return evaluator.result.meanIoU
        }
        #expect(means == [50, 50, 50])
    }

    @Test func confusionHasPredictionsInRowsAndIgnoredPixelsLast() throws {
        let confusion = try handMade().confusion
        #expect(confusion[0, 0] == 1 && confusion[1, 0] == 1 && confusion[2, 0] == 1)
        #expect(confusion[1, 1] == 2 && confusion[2, 3] == 1 && confusion[0, 1] == 0)
    }

    @Test func namesAndOrderAreDetectron2s() throws {
        let result = try handMade().result
        #expect(
            result.entries.map(\.name) == [
                "mIoU", "fwIoU", "IoU-road", "IoU-car", "IoU-sky", "mACC", "pACC", "ACC-road", "ACC-car",
                "ACC-sky", "PQ_st", "SQ_st", "RQ_st",
            ])
        #expect(dictionary(result)["mIoU"].map { close($0, 50) } == true)
        #expect(dictionary(result).count == 13)
    }

    /// Expected values from Tools/reference/metrics.py.
    @Test func scoresAreNumpys() throws {
        let result = try SemanticEvaluatorTests.formulaEvaluator(0..<4000).result
        let iou = [
            46.081208687440984, 67.01030927835052, 68.04123711340206, 61.74863387978142, .nan,
            66.83848797250859,
        ]
        let accuracy = [
            83.8487972508591, 67.01030927835052, 68.04123711340206, 82.93577981651376, .nan,
            66.83848797250859,
        ]
        try #require(result.iou.count == 6 && result.accuracy.count == 6)
        for index in 0..<6 {
            #expect(close(result.iou[index], iou[index]))
            #expect(close(result.accuracy[index], accuracy[index]))
        }
        #expect(close(result.meanIoU, 61.943975386296714))
        #expect(close(result.frequencyWeightedIoU, 61.91494276917859))
        #expect(close(result.meanAccuracy, 73.7349222863268))
        #expect(close(result.pixelAccuracy, 75.10239906377998))
    }

    /// Expected values from Tools/reference/metrics.py (OpenCV's erosion).
    @Test func boundaryScoresAreDetectron2s() throws {
        var evaluator = SemanticEvaluator(classNames: ["a", "b", "c", "d", "e", "f"], scoresBoundaries: true)
        var (prediction, truth) = Self.formulaLabels(0..<4000)
        for index in prediction.indices where index % 7 != 0 {
            prediction[index] = truth[index] == 255 ? 1 : truth[index]
        }
        try evaluator.add(prediction: prediction, truth: truth, image: "formula", width: 80)
        let result = evaluator.result
        let boundaryIoU = try #require(result.boundaryIoU)
        let expected = [
            60.577819198508855, 53.838951310861425, 7.191780821917808, 93.32161687170475, 40.638606676342526,
            23.843416370106763,
        ]
        try #require(boundaryIoU.count == 6)
        for index in 0..<6 { #expect(close(boundaryIoU[index], expected[index])) }
        #expect(dictionary(result)["BoundaryIoU-c"] == boundaryIoU[2])
        #expect(dictionary(result)["min(IoU, B-Iou)-c"] == boundaryIoU[2])
        // A class that is never true has an IoU of no number, and so has the smaller of both.
        #expect(dictionary(result)["min(IoU, B-Iou)-e"]?.isNaN == true)
        var other = SemanticEvaluator(classNames: evaluator.classNames, scoresBoundaries: true)
        other.merge(evaluator)
        #expect(other.result.boundaryIoU == boundaryIoU)
    }

    @Test func mergingPartsIsAddingAll() throws {
        let whole = try SemanticEvaluatorTests.formulaEvaluator(0..<4000)
        var first = try SemanticEvaluatorTests.formulaEvaluator(0..<1234)
        let second = try SemanticEvaluatorTests.formulaEvaluator(1234..<4000)
        #expect(first.confusion != whole.confusion)
        first.merge(second)
        #expect(first.confusion == whole.confusion)
    }

    @Test func nothingCountedIsNotANumber() {
        let result = SemanticEvaluator(classNames: names).result
        #expect(result.meanIoU.isNaN && result.pixelAccuracy.isNaN && result.frequencyWeightedIoU.isNaN)
        #expect(result.iou.count == 3)
        #expect(!result.iou.contains { !$0.isNaN })
    }

    @Test func strangeLabelsAreNamedAndNotCounted() throws {
        var evaluator = SemanticEvaluator(classNames: names, ignoreLabel: 254)
        let error = try #require(
            metricsError {
                try evaluator.add(prediction: [0, 0, 0], truth: [0, 254, 255], image: "b.png")
            })
        #expect(
            error.description
                == "b.png: label outside the classes (expected 0 to 2 or 254, got 255 at pixel 2); "
                + "map the labels to the data set's classes")
        #expect(evaluator.confusion == ConfusionMatrix(classCount: 3))
        let sizes = metricsError { try evaluator.add(prediction: [0], truth: [0, 0], image: "c.png") }
        #expect(sizes?.what == "prediction and labels differ in size")
    }

    private func dictionary(_ result: SemanticResult) -> [String: Double] {
        Dictionary(result.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private func metricsError(_ body: () throws -> Void) -> InputError? {
        do { try body() } catch { return error as? InputError }
        return nil
    }

    /// Equal up to the order of a few Double additions (seen: 1.5e-14); NaN equals NaN.
    private func close(_ value: Double, _ expected: Double) -> Bool {
        value.isNaN == expected.isNaN && (value.isNaN || abs(value - expected) < 1e-11)
    }

    /// The formula of Tools/reference/metrics.py.
    private static func formulaEvaluator(_ pixels: Range<UInt64>) throws -> SemanticEvaluator {
        var evaluator = SemanticEvaluator(classNames: ["a", "b", "c", "d", "e", "f"])
        let (prediction, truth) = formulaLabels(pixels)
        try evaluator.add(prediction: prediction, truth: truth, image: "formula")
        return evaluator
    }

    private static func formulaLabels(_ pixels: Range<UInt64>) -> (prediction: [UInt16], truth: [UInt16]) {
        var (prediction, truth): ([UInt16], [UInt16]) = ([], [])
        for index in pixels {
            let noise = (index * 2_654_435_761 % (1 << 32)) >> 16
            var label = UInt16(index / 97 * 31 % 7)
            if label == 4 { label = 3 }
            if label == 6 { label = 255 }
            truth.append(label)
            prediction.append(noise % 3 == 0 ? UInt16(noise % 6) : label == 255 ? 1 : label)
        }
        return (prediction, truth)
    }
}
