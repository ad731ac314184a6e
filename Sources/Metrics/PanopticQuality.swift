/// The scores of panoptic segmentation, in percent. A category that was neither there nor predicted has no
/// score (NaN) and is left out of the means; a mean over no category is NaN.
package struct PanopticQuality: EvaluationResult {
    package static let title = "segments by COCO's rules (panopticapi)"

    /// Panoptic quality, segmentation quality (mean IoU of the matches) and recognition quality: PQ = SQ ·
    /// RQ for one category, not for means.
    package struct Score: Sendable, Equatable {
        package let pq, sq, rq: Double

        package init(pq: Double, sq: Double, rq: Double) {
            self.pq = pq
            self.sq = sq
            self.rq = rq
        }
    }

    /// The categories of `perCategory`.
    package let categories: [CategoryDescription]
    package let perCategory: [Score]
    /// Mean over all categories, over those of things, over those of stuff.
    package let all, things, stuff: Score

    init(categories: [CategoryDescription], tallies: [PanopticTally]) {
        let scores = tallies.map { tally in
            let (hits, wrong) = (Double(tally.truePositives), Double(tally.falsePositives + tally.falseNegatives))
            guard hits + wrong > 0 else { return Score(pq: .nan, sq: .nan, rq: .nan) }
            let weight = hits + wrong / 2
            return Score(
                pq: 100 * tally.iou / weight, sq: hits > 0 ? 100 * tally.iou / hits : 0, rq: 100 * hits / weight)
        }
        func mean(_ wanted: (CategoryDescription) -> Bool) -> Score {
            let chosen = zip(categories, scores).filter { wanted($0) && !$1.pq.isNaN }.map { $1 }
            let count = Double(chosen.count)
            return Score(
                pq: chosen.reduce(0) { $0 + $1.pq } / count, sq: chosen.reduce(0) { $0 + $1.sq } / count,
                rq: chosen.reduce(0) { $0 + $1.rq } / count)
        }
        self.categories = categories
        perCategory = scores
        all = mean { _ in true }
        things = mean(\.isThing)
        stuff = mean { !$0.isThing }
    }

    /// The means by the names of detectron2's COCOPanopticEvaluator, PQ, SQ, RQ, PQ_th, …, RQ_st; then
    /// PQ-road, SQ-road, RQ-road, … of each category.
    package var entries: [(name: String, value: Double)] {
        var entries = [(all, ""), (things, "_th"), (stuff, "_st")].flatMap { score, suffix in
            [("PQ" + suffix, score.pq), ("SQ" + suffix, score.sq), ("RQ" + suffix, score.rq)]
        }
        for (category, score) in zip(categories, perCategory) {
            entries += [
                ("PQ-" + category.name, score.pq), ("SQ-" + category.name, score.sq), ("RQ-" + category.name, score.rq),
            ]
        }
        return entries.map { (name: $0.0, value: $0.1) }
    }

    /// A row a category, then the means.
    package var scores: ScoreTable {
        let rows = zip(categories, perCategory).map { ($0.name, [$1.pq, $1.sq, $1.rq]) }
        let means = [("all", all), ("things", things), ("stuff", stuff)].map {
            ($0.0, [$0.1.pq, $0.1.sq, $0.1.rq])
        }
        return ScoreTable(header: ["category", "PQ", "SQ", "RQ"], rows: rows, means: means)
    }
}
