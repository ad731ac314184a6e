/// The images with the lowest and with the highest scores of a data set, and what is kept of them.
package struct ImageRanking<Kept> {
    /// One of them.
    package struct Entry {
        package let score: Double
        /// Its place among all images.
        let place: Int
        package let kept: Kept
    }

    /// Pictures of truth and prediction of both are 40.
    private static var most: (lowest: Int, highest: Int) { (12, 8) }

    private let lowestCount: Int, highestCount: Int
    /// The lowest first.
    package private(set) var lowest: [Entry] = []
    private var best: [Entry] = []
    private var place = 0

    /// A ranking of `count` images: at most a fifth of them, rounded up, are the lowest, half as many the highest, so
    /// that pictures of them cost little beside an evaluation of all.
    package init(of count: Int) {
        lowestCount = min(Self.most.lowest, (count + 4) / 5)
        highestCount = min(Self.most.highest, (count + 9) / 10)
    }

    /// Takes part with the next image, and keeps what `keep` makes of it where it is one of the lowest or highest so
    /// far. Of equal ones the earlier stand; one that is not a number has no place.
    package mutating func add(_ score: Double, keep: () throws -> Kept) rethrows {
        defer { place += 1 }
        let isLow = lowest.count < lowestCount || score < lowest.last?.score ?? -.infinity
        let isHigh = best.count < highestCount || score > best.last?.score ?? .infinity
        guard !score.isNaN, isLow || isHigh else { return }
        let entry = Entry(score: score, place: place, kept: try keep())
        if isLow {
            lowest.insert(entry, at: lowest.firstIndex { $0.score > score } ?? lowest.count)
            lowest = Array(lowest.prefix(lowestCount))
        }
        if isHigh {
            best.insert(entry, at: best.firstIndex { $0.score < score } ?? best.count)
            best = Array(best.prefix(highestCount))
        }
    }

    /// The highest first, without those that are also among the lowest.
    package var highest: [Entry] {
        let low = Set(lowest.map(\.place))
        return best.filter { !low.contains($0.place) }
    }
}
