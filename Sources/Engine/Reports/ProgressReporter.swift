import Foundation

/// Shows a run to a person: one line rewritten after each step on a terminal, else a line every 20 steps.
package final class ProgressReporter: TrainingObserver {
    private let console: Console
    private let maximumSteps: Int
    private var recent: [StepReport] = []
    private let window = 20
    private let clock = ContinuousClock()
    private var lastDrawn: ContinuousClock.Instant?

    /// Reports on a run of `maximumSteps` steps.
    package init(console: Console, maximumSteps: Int) {
        self.console = console
        self.maximumSteps = maximumSteps
    }

    /// Shows an event.
    package func receive(_ event: TrainingEvent) {
        switch event {
        case .step(let report):
            recent = recent.suffix(window - 1) + [report]
            show(report)
        case .evaluating(let done, let total):
            live("evaluating \(done)/\(total)", always: done == total)
        case .evaluated(let step, let summary, let isBest):
            let values = summary.metrics.prefix(4).map { metric in
                let name = metric.name.split(separator: "/").last.map(String.init) ?? metric.name
                return name + (metric.remark.map { " " + $0 } ?? "") + String(format: " %.2f", metric.value)
            }
            console.line(
                "evaluation after \(step + 1) iterations: \(values.joined(separator: "  "))"
                    + (isBest ? "  (best)" : ""))
        case .saved(let path): console.line("saved \(path)")
        case .note(let text): console.line(text)
        }
    }

    private func show(_ report: StepReport) {
        let done = report.step + 1
        let isLast = done == maximumSteps
        if console.isTerminal {
            live(line(report), always: isLast)
            if isLast { console.line(line(report)) }
        } else if done % window == 0 || isLast {
            console.line(line(report))
        }
    }

    private func live(_ text: String, always: Bool) {
        let now = clock.now
        if !always, let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        lastDrawn = now
        console.live(text)
    }

    /// Means over the last 20 steps; the learning rate of the last one. Short where the terminal is narrow.
    private func line(_ report: StepReport) -> String {
        let count = Double(recent.count)
        let seconds = recent.map(\.seconds).reduce(0, +)
        let waited = recent.map(\.dataSeconds).reduce(0, +)
        let total = recent.map { Double($0.totalLoss) }.reduce(0, +) / count
        let speed = Double(recent.map(\.images).reduce(0, +)) / max(seconds, 1e-9)
        let remaining = Self.duration(seconds / count * Double(maximumSteps - report.step - 1))
        let gigabytes = Double(ProcessMemory.peakBytes) / 1e9
        if console.isTerminal, console.columns < 130 {
            let kinds = lossKinds.map { name, sum in " \(name) " + String(format: "%.1f", sum / count) }
            return "\(report.step + 1)/\(maximumSteps)" + String(format: " loss %.1f", total) + kinds.joined()
                + String(format: " lr %.2g %.2f img/s %.1f GB ETA ", report.learningRate, speed, gigabytes)
                + remaining
        }
        let kinds = lossKinds.map { name, sum in "\(name) " + String(format: "%.3f", sum / count) }
        return [
            "iteration \(report.step + 1)/\(maximumSteps)",
            String(format: "loss %.3f (", total) + kinds.joined(separator: ", ") + ")",
            String(format: "lr %.3g", report.learningRate), String(format: "%.2f images/s", speed),
            String(format: "data wait %.0f%%", 100 * waited / max(seconds, 1e-9)),
            String(format: "%.2f GB", gigabytes), "ETA \(remaining)",
        ].joined(separator: "  ")
    }

    private var lossKinds: [(String, Double)] {
        var order: [String] = []
        var sums: [String: Double] = [:]
        for term in recent.flatMap(\.terms) {
            if sums[term.kind] == nil { order.append(term.kind) }
            sums[term.kind, default: 0] += Double(term.value)
        }
        return order.map { ($0, sums[$0] ?? 0) }
    }

    /// Seconds as `3:07`, `2:03:07` or `1 d 02:03`.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
        if days > 0 { return String(format: "%d d %02d:%02d", days, hours, minutes) }
        if hours > 0 { return String(format: "%d:%02d:%02d", hours, minutes, whole % 60) }
        return String(format: "%d:%02d", minutes, whole % 60)
    }
}
