/// What became of all predictions of one category, for one range of areas.
struct InstanceRecord: Codable, Sendable {
    /// One prediction; bit t of the sets belongs to threshold t.
    struct Outcome: Equatable, Sendable {
        let score: Double
        var matched: UInt32
        var ignored: UInt32
    }

    /// 0.5, 0.55, …, 0.95 with the rounding of numpy's linspace.
    static let thresholds: [Double] = (0..<9).map { Double($0) * step + 0.5 } + [0.95]
    private static let step: Double = (0.95 - 0.5) / 9
    /// 0, 0.01, …, 1.
    private static let recallLevels: [Double] = (0..<100).map { Double($0) * 0.01 } + [1]

    /// In the order of images; within one, by descending score.
    @Packed var outcomes: [Outcome] = []
    /// True instances that are not ignored.
    var truthCount = 0

    mutating func append(_ other: InstanceRecord) {
        outcomes += other.outcomes
        truthCount += other.truthCount
    }

    /// Average precision at each threshold, fractions of 1; empty where there is nothing to find
    /// (COCOeval.accumulate).
    func averagePrecisions() -> [Double] {
        guard truthCount > 0 else { return [] }
        let ranked = outcomes.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }.map(\.element)
        return Self.thresholds.indices.map { averagePrecision(ranked, bit: 1 << UInt32($0)) }
    }

    private func averagePrecision(_ ranked: [Outcome], bit: UInt32) -> Double {
        var (hits, wrong) = (0.0, 0.0)
        var (recall, precision) = ([Double](), [Double]())
        // Ignored predictions repeat the point before them.
        for outcome in ranked {
            if outcome.ignored & bit == 0 {
                if outcome.matched & bit != 0 { hits += 1 } else { wrong += 1 }
            }
            recall.append(hits / Double(truthCount))
            precision.append(hits / (hits + wrong + Double.ulpOfOne))
        }
        // The best precision at this recall or a higher one.
        for index in precision.indices.dropLast().reversed() {
            precision[index] = max(precision[index], precision[index + 1])
        }
        var (sum, index) = (0.0, 0)
        for level in Self.recallLevels {
            while index < recall.count, recall[index] < level { index += 1 }
            if index < recall.count { sum += precision[index] }
        }
        return sum / Double(Self.recallLevels.count)
    }
}
