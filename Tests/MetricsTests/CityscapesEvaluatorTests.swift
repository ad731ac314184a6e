import Annotations
import Metrics
import Testing

@Suite struct CityscapesEvaluatorTests {
    /// By hand, ids road 7, sidewalk 8, car 26, truck 27, person 24, void 0. Truth: road road sidewalk void
    /// car(1) car(1) car(2) person. Predicted: road sidewalk sidewalk car car truck car sky.
    private func handMade() throws -> CityscapesEvaluator {
        var evaluator = CityscapesEvaluator()
        try evaluator.add(
            prediction: [7, 8, 8, 26, 26, 27, 26, 23], truth: [7, 7, 8, 0, 26, 26, 26, 24],
            instances: [7, 7, 8, 0, 26001, 26001, 26002, 24000], place: "a.png")
        return evaluator
    }

    private func value(_ result: CityscapesResult, _ name: String) throws -> Double {
        try #require(result.entries.first { $0.name == name }).value
    }

    @Test func scoresByHand() throws {
        let result = try handMade().result
        let expected: [(String, Double)] = [
            ("classScores.road", 0.5), ("classScores.sidewalk", 0.5),
            // The car predicted on void is no mistake; the truck on a car is, of truck and of car.
            ("classScores.car", 2.0 / 3), ("classScores.truck", 0), ("classScores.person", 0),
            ("classScores.sky", 0),
            ("classScores.bus", .nan),
            ("averageScoreClasses", (0.5 + 0.5 + 2.0 / 3) / 6),
            // Half of one instance and all of the other, whatever their sizes; a truck is a vehicle.
            ("classInstScores.car", 0.75), ("classInstScores.person", 0), ("classInstScores.truck", 0),
            ("averageScoreInstClasses", 0.25),
            ("categoryScores.flat", 1), ("categoryScores.vehicle", 1), ("categoryScores.human", 0),
            ("categoryScores.sky", 0), ("categoryScores.object", .nan), ("averageScoreCategories", 0.5),
            ("categoryInstScores.vehicle", 1), ("categoryInstScores.human", 0),
            ("averageScoreInstCategories", 0.5),
        ]
        for (name, score) in expected {
            let got = try value(result, name)
            #expect(
                got.isNaN == score.isNaN && (got.isNaN || abs(got - score) < 1e-12),
                "\(name): \(got), not \(score)")
        }
    }

    @Test func namesAreCityscapesScripts() throws {
        let names = CityscapesEvaluator().result.entries.map(\.name)
        #expect(
            names.prefix(5) == [
                "averageScoreClasses", "averageScoreInstClasses", "averageScoreCategories",
                "averageScoreInstCategories", "classScores.road",
            ])
        #expect(names.count == 4 + 19 + 8 + 7 + 2)
        #expect(CityscapesResult.instanceCategoryNames == ["human", "vehicle"])
    }

    @Test func nothingIsNotANumber() {
        let result = CityscapesEvaluator().result
        #expect(!result.entries.contains { !$0.value.isNaN })
    }

    @Test func mergingPartsIsAddingAll() throws {
        var whole = try handMade()
        try whole.add(prediction: [24, 24], truth: [24, 25], instances: [24001, 25001], place: "b.png")
        var parts = try handMade()
        var second = CityscapesEvaluator()
        try second.add(prediction: [24, 24], truth: [24, 25], instances: [24001, 25001], place: "b.png")
        #expect(parts != whole)
        parts.merge(second)
        #expect(parts == whole)
    }

    @Test(
        arguments: [
            ([34], [7], [7], "c.png: prediction holds a number that is no Cityscapes label"),
            ([7], [255], [7], "c.png: labelIds holds a number that is no Cityscapes label"),
            ([7], [7], [34001], "c.png: instanceIds holds a number that is no Cityscapes label"),
            ([7, 7], [7], [7], "c.png: prediction, labelIds and instanceIds differ in size"),
        ] as [([UInt16], [UInt16], [UInt16], String)])
    func strangeNumbersAreNamedAndNotCounted(
        prediction: [UInt16], truth: [UInt16], instances: [UInt16], message: String
    ) {
        var evaluator = CityscapesEvaluator()
        let error = #expect(throws: InputError.self) {
            try evaluator.add(prediction: prediction, truth: truth, instances: instances, place: "c.png")
        }
        #expect(error?.description.hasPrefix(message) == true)
        #expect(evaluator == CityscapesEvaluator())
    }
}
