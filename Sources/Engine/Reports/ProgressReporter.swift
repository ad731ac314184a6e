import Foundation

/// Shows a run to a person: a line rewritten after each step and each image of an evaluation on a terminal, elsewhere
/// and in the log a line every 20 steps.
package final class ProgressReporter: TrainingObserver {
    private let console: Console
    private let maximumSteps: Int
    private let evaluations: EvaluationSchedule?
    private var steps: Int
    private var recent: [StepReport] = []
    private let window = 20
    private let clock = ContinuousClock()
    private var lastDrawn: ContinuousClock.Instant?
    private var best: Double?
    /// When the evaluation that is under way began; how long the last one took.
    private var evaluationStart: ContinuousClock.Instant?
    private var evaluationSeconds: Double?

    /// Reports on a run of `maximumSteps` steps that goes on after `completedSteps`, with the `best` score of these.
    /// `evaluations` nil: there are none.
    package init(
        console: Console, maximumSteps: Int, completedSteps: Int = 0, evaluations: EvaluationSchedule? = nil,
        best: Double? = nil
    ) {
        self.console = console
        self.maximumSteps = maximumSteps
        steps = completedSteps
        self.evaluations = evaluations
        self.best = best
    }

    /// Shows an event.
    package func receive(_ event: TrainingEvent) {
        switch event {
        case .step(let report):
            recent = recent.suffix(window - 1) + [report]
            steps = report.step + 1
            live { status in describe(report, in: &status) }
            if steps % window == 0 || steps == maximumSteps { console.progress(line(report)) }
        case .evaluating(let done, let total): evaluating(done, of: total)
        case .evaluated(let step, let summary, let isBest): evaluated(after: step, summary, isBest: isBest)
        case .saved(let path): console.line("saved \(path)")
        case .note(let text): console.line(text)
        }
    }
}

// MARK: Evaluations

extension ProgressReporter {
    private func evaluating(_ done: Int, of total: Int) {
        let start = evaluationStart ?? clock.now
        evaluationStart = start
        let seconds = (clock.now - start) / .seconds(1)
        let whole = done > 0 ? seconds / Double(done) * Double(total) : evaluationSeconds
        live(evaluationLeft: whole.map { $0 - seconds }) { status in
            status.add("evaluating \(done)/\(total)", rank: 1)
            status.add(String(format: "%.2f img/s", Double(done) / max(seconds, 1e-9)), rank: 2)
            addBest(to: &status)
        }
    }

    private func evaluated(after step: Int, _ summary: EvaluationSummary, isBest: Bool) {
        evaluationSeconds = evaluationStart.map { (clock.now - $0) / .seconds(1) }
        evaluationStart = nil
        if isBest { best = summary.score }
        let values = summary.metrics.prefix(4).map { metric in
            let name = metric.name.split(separator: "/").last.map(String.init) ?? metric.name
            return name + (metric.remark.map { " " + $0 } ?? "") + String(format: " %.2f", metric.value)
        }
        console.line(
            "evaluation after \(step + 1) iterations: \(values.joined(separator: "  "))" + (isBest ? "  (best)" : ""))
    }
}

// MARK: Steps

extension ProgressReporter {
    /// Draws the live line, at most ten times a second; `evaluationLeft` is what the evaluation under way still takes.
    private func live(evaluationLeft: Double? = 0, _ describe: (inout StatusLine) -> Void) {
        let now = clock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        lastDrawn = now
        let (left, isLeast) = secondsLeft
        let isKnown = steps == maximumSteps || !recent.isEmpty
        var status = StatusLine(
            done: steps, total: maximumSteps, secondsLeft: isKnown ? evaluationLeft.map { left + $0 } : nil,
            isLeast: isLeast)
        describe(&status)
        console.live(status)
    }

    /// What steps and evaluations still take by the last ones; the least where none of the evaluations is done.
    private var secondsLeft: (seconds: Double, isLeast: Bool) {
        let step = recent.map(\.seconds).reduce(0, +) / Double(max(1, recent.count))
        let count = evaluations?.count(after: steps) ?? 0
        let seconds = step * Double(maximumSteps - steps) + (evaluationSeconds ?? 0) * Double(count)
        return (seconds, count > 0 && evaluationSeconds == nil)
    }

    /// Means over the last 20 steps; the learning rate of the last one.
    private func describe(_ report: StepReport, in status: inout StatusLine) {
        status.add("\(steps)/\(maximumSteps)", rank: 7)
        status.add(String(format: "%.2f img/s", speed), rank: 2)
        status.add(String(format: "wait %.0f%%", waited), rank: 3)
        status.add(String(format: "loss %.2f", totalLoss), rank: 1)
        status.add(lossKinds.map { String(format: "\($0) %.2f", $1) }.joined(separator: " "), rank: 8)
        status.add(String(format: "lr %.2g", report.learningRate), rank: 6)
        status.add(String(format: "%.1f GB", gigabytes), rank: 5)
        addBest(to: &status)
    }

    private func addBest(to status: inout StatusLine) {
        if let best { status.add(String(format: "best %.2f", best), rank: 4) }
    }

    private func line(_ report: StepReport) -> String {
        let kinds = lossKinds.map { name, mean in "\(name) " + String(format: "%.3f", mean) }
        let (left, isLeast) = secondsLeft
        return [
            "iteration \(steps)/\(maximumSteps)",
            "ETA " + (isLeast ? ">" : "") + Self.duration(left),
            String(format: "loss %.3f (", totalLoss) + kinds.joined(separator: ", ") + ")",
            String(format: "lr %.3g", report.learningRate), String(format: "%.2f images/s", speed),
            String(format: "data wait %.0f%%", waited), String(format: "%.2f GB", gigabytes),
        ].joined(separator: "  ")
    }

    private var seconds: Double { max(recent.map(\.seconds).reduce(0, +), 1e-9) }
    private var speed: Double { Double(recent.map(\.images).reduce(0, +)) / seconds }
    private var waited: Double { 100 * recent.map(\.dataSeconds).reduce(0, +) / seconds }
    private var gigabytes: Double { Double(ProcessMemory.peakBytes) / 1e9 }
    private var totalLoss: Double { recent.map { Double($0.totalLoss) }.reduce(0, +) / Double(max(1, recent.count)) }

    private var lossKinds: [(String, Double)] {
        var order: [String] = []
        var sums: [String: Double] = [:]
        for term in recent.flatMap(\.terms) {
            if sums[term.kind] == nil { order.append(term.kind) }
            sums[term.kind, default: 0] += Double(term.value)
        }
        return order.map { ($0, (sums[$0] ?? 0) / Double(max(1, recent.count))) }
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
