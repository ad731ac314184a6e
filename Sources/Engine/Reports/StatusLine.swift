/// A line of progress for a terminal of any width: parts from left to right, of which those that matter least are left
/// out until the rest fits, and a bar where there is room for it.
package struct StatusLine {
    private struct Part {
        let text: String
        /// What has a higher rank is left out first.
        let rank: Int
    }

    private static let gap = "  "
    private static let barWidths = 10...30

    private let fraction: Double
    private var parts: [Part] = []

    /// A line of work of which `done` of `total` is done, and that takes so many seconds more, nil where that is not
    /// known yet; `isLeast` where some of the work has not been timed.
    package init(done: Int, total: Int, secondsLeft: Double?, isLeast: Bool = false) {
        fraction = Double(done) / Double(max(1, total))
        add("ETA " + (secondsLeft.map { (isLeast ? ">" : "") + ProgressReporter.duration($0) } ?? "-:--"), rank: 0)
        add("\(100 * done / max(1, total))%", rank: 0)
    }

    /// Adds a part at the right end.
    package mutating func add(_ text: String, rank: Int) { parts.append(Part(text: text, rank: rank)) }

    /// The line in at most so many columns. `paint` colours the bar.
    package func text(columns: Int, paint: (String) -> String = { $0 }) -> String {
        var parts = parts
        func width() -> Int { parts.map { $0.text.count + Self.gap.count }.reduce(-Self.gap.count, +) }
        while width() > columns, let last = parts.map(\.rank).max(), last > 0 {
            parts.removeAll { $0.rank == last }
        }
        var words = parts.map(\.text)
        let room = columns - width() - Self.gap.count - 2
        if room >= Self.barWidths.lowerBound {
            let length = min(room, Self.barWidths.upperBound)
            let filled = Int(fraction * Double(length))
            let bar = paint(String(repeating: "#", count: filled)) + String(repeating: ".", count: length - filled)
            words.insert("[\(bar)]", at: min(2, words.count))
        } else if width() > columns {
            return String(words.joined(separator: Self.gap).prefix(columns))
        }
        return words.joined(separator: Self.gap)
    }
}
