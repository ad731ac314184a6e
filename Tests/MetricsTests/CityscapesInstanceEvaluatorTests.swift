import Annotations
import Metrics
import Testing

@Suite struct CityscapesInstanceEvaluatorTests {
    /// Forty columns of ten pixels, row by row: instanceIds from a list of (column count, number).
    private func image(_ parts: [(Int, UInt16)]) -> [UInt16] {
        let row = parts.flatMap { Array(repeating: $0.1, count: $0.0) }
        return (0..<10).flatMap { _ in row }
    }

    private func guess(_ range: Range<Int>, _ confidence: Double, _ label: Int = 26)
        -> CityscapesInstanceEvaluator.Prediction
    {
        .init(
            category: label, mask: RunLengthMask(height: 10, width: 40) { range.contains($0 % 40) },
            score: confidence)
    }

    private func result(
        _ predictions: [CityscapesInstanceEvaluator.Prediction], _ instances: [UInt16]
    ) throws -> CityscapesInstanceResult {
        var evaluator = CityscapesInstanceEvaluator()
        try evaluator.add(predictions: predictions, instances: instances, place: "a.png")
        return evaluator.result
    }

    private let twoCars = [(10, 26001), (10, 7), (10, 26002), (10, 0)] as [(Int, UInt16)]

    @Test func scoresByHand() throws {
        let exact = try result([guess(0..<10, 0.9), guess(20..<30, 0.8)], image(twoCars))
        #expect(close(exact.ap, 100) && close(exact.ap50, 100))
        // One missed: a recall of one half at precision 1.
        let missed = try result([guess(0..<10, 0.9)], image(twoCars))
        #expect(close(missed.ap50, 50) && missed.perClass[0].isNaN && close(missed.perClass50[2], 50))
        // 8 of 10 columns: found at 0.5, …, 0.75, since the match must be better than the threshold.
        let loose = try result([guess(0..<8, 0.9), guess(20..<28, 0.8)], image(twoCars))
        #expect(close(loose.ap50, 100) && close(loose.ap, 60))
    }

    @Test func voidGroupsAndSmallOnesExcuse() throws {
        // A car in void, one in a group of cars, and on road: only the last is a mistake.
        let scene = image([(10, 26001), (10, 26), (10, 0), (10, 7)])
        let car = guess(0..<10, 0.5)
        #expect(close(try result([car, guess(20..<30, 0.9)], scene).ap50, 100))
        #expect(close(try result([car, guess(10..<15, 0.9)], scene).ap50, 100))
        #expect(try result([car, guess(30..<40, 0.9)], scene).ap50 < 99)
        // 90 pixels are too few to be looked for.
        let small = image([(10, 26001), (9, 26002), (21, 7)])
        #expect(close(try result([car, guess(10..<19, 0.9)], small).ap50, 100))
        #expect(close(try result([car], small).ap50, 100))
    }

    @Test func otherLabelsArePassedOver() throws {
        let result = try result([guess(0..<10, 0.9, 7), guess(0..<10, 0.9, 29)], image(twoCars))
        #expect(result.ap == 0)
        #expect(result.entries.map(\.name).prefix(3) == ["AP", "AP50", "AP-person"])
    }

    @Test func mergingPartsIsAddingAll() throws {
        var whole = CityscapesInstanceEvaluator()
        try whole.add(predictions: [guess(0..<10, 0.3)], instances: image(twoCars), place: "a")
        var parts = whole
        try whole.add(
            predictions: [guess(5..<20, 0.6), guess(20..<29, 0.2)], instances: image(twoCars), place: "b")
        var second = CityscapesInstanceEvaluator()
        try second.add(
            predictions: [guess(5..<20, 0.6), guess(20..<29, 0.2)], instances: image(twoCars), place: "b")
        #expect(parts.result.ap != whole.result.ap)
        parts.merge(second)
        #expect(parts.result.ap == whole.result.ap)
    }

    @Test func strangePredictionsAreNamed() throws {
        let label = #expect(throws: InputError.self) {
            try result([guess(0..<10, 0.9, 34)], image(twoCars))
        }
        #expect(label?.description.hasPrefix("a.png: a prediction's label is not in the list") == true)
        let size = #expect(throws: InputError.self) { try result([guess(0..<10, 0.9)], [26001]) }
        #expect(size?.got == "10x40")
    }

    private func close(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-10 }
}
