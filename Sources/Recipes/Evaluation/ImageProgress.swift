import Engine
import Foundation

/// Images done, in all, and how fast: a live line on a terminal, a line every tenth of the way elsewhere.
final class ImageProgress {
    private let console: Console
    private let verb: String
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(_ console: Console, verb: String) {
        self.console = console
        self.verb = verb
        start = clock.now
    }

    func show(_ done: Int, of total: Int) {
        let seconds = (clock.now - start) / .seconds(1)
        let rate = String(format: "%.2f images/s", Double(done) / max(seconds, 1e-9))
        let left = ProgressReporter.duration(seconds / Double(done) * Double(total - done))
        let text = "\(verb) \(done)/\(total) images  \(rate)  ETA \(left)"
        if console.isTerminal, done < total {
            console.live(text)
        } else if done == total || done % max(1, total / 10) == 0 {
            console.line(text)
        }
    }
}
