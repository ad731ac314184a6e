import Scoring
import Testing

@Suite struct ImageRankingTests {
    /// Against sorting all.
    @Test(arguments: [0, 1, 2, 3, 10, 19, 20, 21, 500], [1, 3, 1000])
    func lowestAndHighestAreThoseOfASort(count: Int, levels: UInt64) {
        var random = SystemRandomNumberGenerator()
        let scores = (0..<count).map { _ in
            UInt64.random(in: 0..<8, using: &random) == 0 ? Double.nan : Double(UInt64.random(in: 0..<levels))
        }
        var (ranking, kept) = (ImageRanking<Int>(of: count), 0)
        for (place, score) in scores.enumerated() {
            ranking.add(score) {
                kept += 1
                return place
            }
        }
        let known = scores.indices.filter { !scores[$0].isNaN }
        let lowest = known.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(min(12, (count + 4) / 5))
        let highest = known.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(
            min(8, (count + 9) / 10))
        #expect(ranking.lowest.map(\.kept) == Array(lowest), "\(scores)")
        #expect(ranking.highest.map(\.kept) == highest.filter { !lowest.contains($0) }, "\(scores)")
        #expect(ranking.lowest.map(\.score) == lowest.map { scores[$0] })
        #expect(ranking.lowest.count + ranking.highest.count <= 20 && kept <= count)
    }
}
