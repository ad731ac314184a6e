import Annotations
import Metrics
import Testing

/// PQ^St: panoptic quality of label maps, each class of an image one segment.
@Suite struct RegionQualityTests {
    private static let names = ["a", "b", "c", "d", "e", "f"]

    /// The formula of Tools/reference/semantic_pq.py.
    private static func labels(_ image: UInt64) -> (prediction: [UInt16], truth: [UInt16]) {
        var (prediction, truth): ([UInt16], [UInt16]) = ([], [])
        for index in image * 500..<(image + 1) * 500 {
            let noise = (index * 2_654_435_761 % (1 << 32)) >> 16
            var label = UInt16(index / 97 * 31 % 7)
            if label == 4 { label = 3 }
            if label == 6 { label = 255 }
            truth.append(label)
            let guess = label == 255 ? UInt16(4 - image % 2) : label
            prediction.append(noise % (2 + image) == 0 ? UInt16(noise % 6) : guess)
        }
        return (prediction, truth)
    }

    private func evaluator(_ images: Range<UInt64>) throws -> SemanticEvaluator {
        var evaluator = SemanticEvaluator(classNames: Self.names)
        for image in images {
            let (prediction, truth) = Self.labels(image)
            try evaluator.add(prediction: prediction, truth: truth, image: "\(image)")
        }
        return evaluator
    }

    /// Of MaskFormer's tools/evaluate_pq_for_semantic_segmentation.py with panopticapi's PQStat.
    @Test func scoresAreTheOfficialOnes() throws {
        let score = try evaluator(0..<8).result.regionQuality
        #expect(abs(score.pq - 57.40165270717428) < 1e-11)
        #expect(abs(score.sq - 64.61032760855757) < 1e-11)
        #expect(abs(score.rq - 73.77289377289377) < 1e-11)
    }

    /// Directly: what panoptic evaluation says of the same maps with a segment for every class.
    @Test(arguments: 0..<8 as Range<UInt64>) func isThePanopticQualityOfClassSegments(image: UInt64) throws {
        let categories = Self.names.indices.map { CategoryDescription(id: $0, name: Self.names[$0], isThing: false) }
        func map(_ labels: [UInt16]) -> PanopticMap {
            let areas = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.key != 255 }
            return PanopticMap(
                ids: labels.map { $0 == 255 ? 0 : UInt32($0) + 1 },
                segments: areas.keys.sorted().map {
                    PanopticMap.Segment(id: Int($0) + 1, category: Int($0), area: areas[$0] ?? 0)
                }, place: "x")
        }
        var direct = PanopticEvaluator(categories: categories)
        let (prediction, truth) = Self.labels(image)
        try direct.add(prediction: map(prediction), truth: map(truth))
        let score = try evaluator(image..<image + 1).result.regionQuality
        #expect(score == direct.result.stuff && score.pq > 0)
    }

    @Test func mergingPartsIsAddingAll() throws {
        let whole = try evaluator(0..<8).result.regionQuality
        var parts = try evaluator(0..<3)
        #expect(parts.result.regionQuality != whole)
        try parts.merge(state: evaluator(3..<8).state())
        #expect(parts.result.regionQuality == whole)
    }

    @Test func isReportedLast() throws {
        let result = try evaluator(0..<8).result
        let last = result.entries.suffix(3)
        #expect(last.map(\.name) == ["PQ_st", "SQ_st", "RQ_st"])
        #expect(last.map(\.value) == [result.regionQuality.pq, result.regionQuality.sq, result.regionQuality.rq])
        #expect(result.table().hasSuffix("   PQ^St 57.40"))
    }

    @Test func nothingIsNotANumber() {
        let score = SemanticEvaluator(classNames: Self.names).result.regionQuality
        #expect(score.pq.isNaN && score.sq.isNaN && score.rq.isNaN)
    }
}
