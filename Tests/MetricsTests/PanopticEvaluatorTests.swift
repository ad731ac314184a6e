import Annotations
import Metrics
import Testing

@Suite struct PanopticEvaluatorTests {
    private typealias Segment = PanopticMap.Segment
    private static let categories = [
        CategoryDescription(id: 7, name: "road", isThing: false),
        CategoryDescription(id: 26, name: "car", isThing: true),
        CategoryDescription(id: 24, name: "person", isThing: true),
    ]

    /// Ten pixels a letter: "aab." is 20 of segment 1, 10 of segment 2 and 10 of void.
    private func map(_ letters: String, _ segments: [Segment], place: String = "x.png") -> PanopticMap {
        let ids = letters.flatMap { letter in
            Array(repeating: letter == "." ? 0 : UInt32(letter.asciiValue ?? 0) - 96, count: 10)
        }
        let areas = Dictionary(ids.map { ($0, 1) }, uniquingKeysWith: +)
        return PanopticMap(
            ids: ids,
            segments: segments.map {
                Segment(
                    id: $0.id, category: $0.category, isCrowd: $0.isCrowd, area: areas[UInt32($0.id)] ?? 0)
            }, place: place)
    }

    private func score(_ prediction: PanopticMap, _ truth: PanopticMap) throws -> PanopticEvaluator {
        var evaluator = PanopticEvaluator(categories: Self.categories)
        try evaluator.add(prediction: prediction, truth: truth)
        return evaluator
    }

    @Test func scoresByHand() throws {
        // Road 4 of 5 found (IoU 0.8), one car found as it is, the other missed, a person too many.
        let truth = map(
            "aaaaabbccc",
            [Segment(id: 1, category: 7), Segment(id: 2, category: 26), Segment(id: 3, category: 26)])
        let guess = map(
            "aaaa.bbddd",
            [Segment(id: 1, category: 7), Segment(id: 2, category: 26), Segment(id: 4, category: 24)])
        let result = try score(guess, truth).result
        try #require(result.perCategory.count == 3)
        #expect(close(result.perCategory[0].pq, 80) && close(result.perCategory[0].sq, 80))
        #expect(close(result.perCategory[0].rq, 100))
        #expect(close(result.perCategory[1].pq, 200.0 / 3) && close(result.perCategory[1].sq, 100))
        #expect(result.perCategory[2] == PanopticQuality.Score(pq: 0, sq: 0, rq: 0))
        #expect(close(result.all.pq, (80 + 200.0 / 3) / 3) && close(result.things.pq, 100.0 / 3))
        #expect(close(result.stuff.pq, 80))
    }

    @Test func aMatchNeedsMoreThanHalf() throws {
        // Exactly one half, then two thirds.
        let one = [Segment(id: 1, category: 26)]
        #expect(try score(map("a.", one), map("aa", one)).tallies[1].truePositives == 0)
        #expect(try score(map("aa.", one), map("aaa", one)).tallies[1].truePositives == 1)
    }

    @Test func voidIsTakenFromTheUnion() throws {
        // 2 shared, 2 more predicted in void: IoU 1, not one half.
        let truth = map("aa..", [Segment(id: 1, category: 26)])
        let tally = try score(map("aaaa", [Segment(id: 1, category: 26)]), truth).tallies[1]
        #expect(tally.truePositives == 1 && tally.iou == 1 && tally.falsePositives == 0)
    }

    @Test func mostlyVoidIsNotTooMany() throws {
        let one = [Segment(id: 1, category: 26)]
        let road = [Segment(id: 2, category: 7)]
        #expect(try score(map("aaa", one), map("b..", road)).tallies[1].falsePositives == 0)
        // Exactly half in void counts.
        #expect(try score(map("aa", one), map("b.", road)).tallies[1].falsePositives == 1)
    }

    @Test func crowdsAreNeitherFoundNorMissed() throws {
        let truth = map("aaab", [Segment(id: 1, category: 26, isCrowd: true), Segment(id: 2, category: 7)])
        let car = try score(map("cccb", [Segment(id: 3, category: 26), Segment(id: 2, category: 7)]), truth)
            .tallies[1]
        #expect(car == PanopticTally())
        // Another category finds no excuse in it.
        let person = try score(
            map("cccb", [Segment(id: 3, category: 24), Segment(id: 2, category: 7)]), truth)
        #expect(person.tallies[2].falsePositives == 1)
    }

    @Test func onlyTheLastCrowdOfACategoryExcuses() throws {
        let crowds = [
            Segment(id: 1, category: 26, isCrowd: true), Segment(id: 2, category: 26, isCrowd: true),
        ]
        let guess = [Segment(id: 3, category: 26)]
        #expect(try score(map("cc.", guess), map("aab", crowds)).tallies[1].falsePositives == 1)
        #expect(try score(map("c.c", guess), map("abb", crowds)).tallies[1].falsePositives == 1)
        #expect(try score(map(".cc", guess), map("abb", crowds)).tallies[1].falsePositives == 0)
    }

    @Test func listedTruthWithoutPixelsIsMissed() throws {
        let truth = map("aa", [Segment(id: 1, category: 7), Segment(id: 2, category: 26)])
        #expect(try score(map("aa", [Segment(id: 1, category: 7)]), truth).tallies[1].falseNegatives == 1)
    }

    @Test func nothingIsNotANumberAndNamesAreDetectron2s() {
        let result = PanopticEvaluator(categories: Self.categories).result
        #expect(result.all.pq.isNaN && result.things.sq.isNaN && result.stuff.rq.isNaN)
        #expect(
            result.entries.map(\.name).prefix(12) == [
                "PQ", "SQ", "RQ", "PQ_th", "SQ_th", "RQ_th", "PQ_st", "SQ_st", "RQ_st", "PQ-road", "SQ-road",
                "RQ-road",
            ])
        #expect(result.entries.count == 18)
    }

    @Test func mergingPartsIsAddingAll() throws {
        let truth = map("aab", [Segment(id: 1, category: 7), Segment(id: 2, category: 26)])
        let guess = map("aaa", [Segment(id: 1, category: 7)])
        var whole = try score(truth, truth)
        try whole.add(prediction: guess, truth: truth)
        var parts = try score(truth, truth)
        #expect(parts.tallies != whole.tallies)
        parts.merge(try score(guess, truth))
        #expect(parts.tallies == whole.tallies)
    }

    @Test func strangeSegmentsAreNamedAndNotCounted() throws {
        let road = Segment(id: 1, category: 7)
        let good = map("aa", [road], place: "truth.png")
        let cases: [(PanopticMap, PanopticMap, String)] = [
            (map("ab", [road]), good, "x.png: segment 2 is in the PNG but not in the JSON"),
            (
                map("aa", [road, Segment(id: 9, category: 7)]), good,
                "x.png: segment 9 is in the JSON but not in the PNG"
            ),
            (
                map("aa", [Segment(id: 1, category: 8)]), good,
                "x.png: segment 1 has category 8, which is not in the list"
            ),
            (map("aa", [road, road]), good, "x.png: segment 1 is listed twice"),
            (map("a.", [road, Segment(id: 0, category: 7)]), good, "x.png: segment 0 is no segment number"),
            (good, map("ab", [road], place: "t.png"), "t.png: segment 2 is in the PNG but not in the JSON"),
            (map("a", [road]), good, "x.png: prediction and truth differ in size"),
        ]
        for (prediction, truth, message) in cases {
            var evaluator = PanopticEvaluator(categories: Self.categories)
            let error = #expect(throws: InputError.self) {
                try evaluator.add(prediction: prediction, truth: truth)
            }
            #expect(error?.description.hasPrefix(message + " (") == true, "\(error?.description ?? "")")
            #expect(evaluator.tallies == PanopticEvaluator(categories: Self.categories).tallies)
        }
    }

    /// Equal up to the order of a few additions.
    private func close(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-11 }
}
