/// The predictions and true instances of one category in one image, and how well they overlap.
struct InstanceMatching {
    private let predictions: [InstanceEvaluator.Prediction]
    private let truth: [InstanceEvaluator.Truth]
    private let areas: [Double]
    /// [predictions][truth]: IoU; with a crowd, the share of the prediction inside.
    private let overlaps: [[Double]]

    /// `predictions` by descending score.
    init(predictions: [InstanceEvaluator.Prediction], truth: [InstanceEvaluator.Truth]) {
        self.predictions = predictions
        self.truth = truth
        let areas = predictions.map(\.mask.area)
        let trueAreas = truth.map(\.mask.area)
        self.areas = areas.map(Double.init)
        overlaps = predictions.indices.map { guess in
            truth.indices.map { index in
                let shared = predictions[guess].mask.intersection(truth[index].mask)
                if shared == 0 { return 0 }
                let union = truth[index].isCrowd ? areas[guess] : areas[guess] + trueAreas[index] - shared
                return Double(shared) / Double(union)
            }
        }
    }

    /// Matches greedily at every threshold (COCOeval.evaluateImg) and notes what becomes of each
    /// prediction.
    func record(_ area: InstanceArea, into record: inout InstanceRecord) {
        let isIgnored = truth.map { $0.isCrowd || !area.range.contains($0.area) }
        // Those that count come first.
        let order = truth.indices.filter { !isIgnored[$0] } + truth.indices.filter { isIgnored[$0] }
        record.truthCount += truth.count - isIgnored.filter { $0 }.count
        var outcomes = predictions.map { InstanceRecord.Outcome(score: $0.score, matched: 0, ignored: 0) }
        for (level, threshold) in InstanceRecord.thresholds.enumerated() {
            var isTaken = [Bool](repeating: false, count: truth.count)
            for guess in predictions.indices {
                let match = bestMatch(of: guess, threshold, order, isIgnored, isTaken)
                if let match {
                    isTaken[match] = true
                    outcomes[guess].matched |= 1 << UInt32(level)
                }
                if match.map({ isIgnored[$0] }) ?? !area.range.contains(areas[guess]) {
                    outcomes[guess].ignored |= 1 << UInt32(level)
                }
            }
        }
        record.outcomes += outcomes
    }

    /// The free instance that overlaps most, at least by the threshold; one that is ignored only where no
    /// other does.
    private func bestMatch(
        of guess: Int, _ threshold: Double, _ order: [Int], _ isIgnored: [Bool], _ isTaken: [Bool]
    ) -> Int? {
        var best = min(threshold, 1 - 1e-10)
        var match: Int?
        for index in order where !isTaken[index] || truth[index].isCrowd {
            if let match, !isIgnored[match], isIgnored[index] { break }
            if overlaps[guess][index] >= best {
                best = overlaps[guess][index]
                match = index
            }
        }
        return match
    }
}
