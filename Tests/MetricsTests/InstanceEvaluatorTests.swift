import Annotations
import Metrics
import Testing

@Suite struct InstanceEvaluatorTests {
    private static let categories = [
        CategoryDescription(id: 1, name: "person", isThing: true),
        CategoryDescription(id: 3, name: "car", isThing: true),
    ]

    /// Columns of an image of 10 × 40 pixels: areas are small.
    private func columns(_ range: Range<Int>) -> RunLengthMask {
        RunLengthMask(height: 10, width: 40) { range.contains($0 % 40) }
    }

    private func truth(_ range: Range<Int>, _ category: Int = 3, isCrowd: Bool = false)
        -> InstanceEvaluator.Truth
    {
        .init(category: category, mask: columns(range), area: Double(range.count * 10), isCrowd: isCrowd)
    }

    private func guess(_ range: Range<Int>, _ score: Double, _ category: Int = 3)
        -> InstanceEvaluator.Prediction
    {
        .init(category: category, mask: columns(range), score: score)
    }

    private func result(
        _ predictions: [InstanceEvaluator.Prediction], _ truth: [InstanceEvaluator.Truth]
    ) throws -> InstanceResult {
        var evaluator = InstanceEvaluator(categories: Self.categories)
        try evaluator.add(predictions: predictions, truth: truth, place: "a.jpg")
        return evaluator.result
    }

    @Test func scoresByHand() throws {
        // The first car is found exactly; the second with 8 of 10 columns, which holds up to a threshold of
        // 0.8.
        let result = try result([guess(0..<10, 0.9), guess(20..<28, 0.8)], [truth(0..<10), truth(20..<30)])
        #expect(close(result.ap50, 100) && close(result.ap75, 100))
        // Above, half of the instances at precision 1: recall 0, 0.01, …, 0.5.
        #expect(close(result.ap, 0.7 * 100 + 0.3 * 100 * 51 / 101))
        #expect(close(result.small, result.ap) && result.medium.isNaN && result.large.isNaN)
        #expect(result.perCategory[0].isNaN && close(result.perCategory[1], result.ap))
    }

    @Test func aBetterScoredMistakeCostsPrecision() throws {
        let result = try result([guess(30..<40, 0.9), guess(0..<10, 0.8)], [truth(0..<10)])
        #expect(close(result.ap, 50))
        let late = try self.result([guess(30..<40, 0.7), guess(0..<10, 0.8)], [truth(0..<10)])
        #expect(close(late.ap, 100))
    }

    @Test func aSecondMatchIsAMistakeAndCrowdsExcuseMany() throws {
        let twice = try result(
            [guess(0..<10, 0.9), guess(0..<10, 0.8), guess(20..<30, 0.7)], [truth(0..<10), truth(20..<30)])
        // 51 levels at precision 1, 50 at two of three.
        #expect(close(twice.ap, 100 * (51 + 50 * 2.0 / 3) / 101))
        let crowd = try result(
            [guess(0..<3, 0.9), guess(5..<8, 0.9), guess(20..<30, 0.7)],
            [truth(0..<10, isCrowd: true), truth(20..<30)])
        #expect(close(crowd.ap, 100))
    }

    @Test func onlyAHundredCount() throws {
        let mistakes = (0..<100).map { _ in guess(30..<40, 0.9) }
        #expect(try result(mistakes + [guess(0..<10, 0.8)], [truth(0..<10)]).ap == 0)
        #expect(try result(mistakes.dropLast() + [guess(0..<10, 0.8)], [truth(0..<10)]).ap > 0.9)
    }

    @Test func nothingIsNotANumberAndNamesAreDetectron2s() throws {
        let result = InstanceEvaluator(categories: Self.categories).result
        #expect(!result.entries.contains { !$0.value.isNaN })
        #expect(
            result.entries.map(\.name) == ["AP", "AP50", "AP75", "APs", "APm", "APl", "AP-person", "AP-car"])
    }

    @Test func mergingPartsIsAddingAll() throws {
        let images = [
            ([guess(0..<10, 0.9)], [truth(0..<9)]),
            ([guess(5..<10, 0.95), guess(0..<4, 0.9, 1)], [truth(0..<10)]),
        ]
        var whole = InstanceEvaluator(categories: Self.categories)
        var parts = whole
        var second = whole
        for (predictions, truth) in images {
            try whole.add(predictions: predictions, truth: truth, place: "a")
        }
        try parts.add(predictions: images[0].0, truth: images[0].1, place: "a")
        try second.add(predictions: images[1].0, truth: images[1].1, place: "b")
        #expect(parts.result.ap != whole.result.ap)
        parts.merge(second)
        #expect(parts.result.ap == whole.result.ap && parts.result.ap > 0)
    }

    @Test func strangeInstancesAreNamed() throws {
        let foreign = #expect(throws: InputError.self) { try result([guess(0..<10, 0.5, 7)], []) }
        #expect(foreign?.description.hasPrefix("a.jpg: category 7 is not in the list") == true)
        let small = InstanceEvaluator.Prediction(
            category: 3, mask: RunLengthMask(height: 1, width: 1) { _ in true }, score: 1)
        let sizes = #expect(throws: InputError.self) { try result([small], [truth(0..<10)]) }
        #expect(sizes?.what == "masks differ in size")
    }

    /// Precision has COCO's 2e-16 in the denominator.
    private func close(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-10 }
}
