import Foundation

/// Images done, in all, and how fast: a live line on a terminal; elsewhere a line at the end, and before it one a tenth
/// of the way where that takes longer than `interval`.
package final class ImageProgress {
    private let console: Console
    private let verb: String
    private let interval: Duration
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var told: (tenth: Int, time: ContinuousClock.Instant)
    private var lastDrawn: ContinuousClock.Instant?

    /// `verb` is what is done with images: `evaluated`.
    package init(_ console: Console, verb: String, interval: Duration = .seconds(10)) {
        self.console = console
        self.verb = verb
        self.interval = interval
        start = clock.now
        told = (0, start)
    }

    /// Shows that `done` of `total` images are done.
    package func show(_ done: Int, of total: Int) {
        let now = clock.now
        let seconds = (now - start) / .seconds(1)
        let left = done > 0 ? seconds / Double(done) * Double(total - done) : nil
        let count = "\(verb) \(done)/\(total) images"
        let rate = String(format: "%.2f images/s", Double(done) / max(seconds, 1e-9))
        if done == total {
            console.line("\(count)  \(rate)  took \(ProgressReporter.duration(seconds))")
        } else if console.isTerminal {
            if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
            lastDrawn = now
            var status = StatusLine(done: done, total: total, secondsLeft: left)
            status.add(count, rank: 1)
            status.add(rate, rank: 2)
            console.live(status)
        } else if 10 * done / total > told.tenth, now - told.time >= interval {
            told = (10 * done / total, now)
            console.line("\(count)  \(rate)  ETA \(ProgressReporter.duration(left ?? 0))")
        }
    }
}
