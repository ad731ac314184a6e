/// After which steps of a run an evaluation follows: every so many, and the last.
package struct EvaluationSchedule: Sendable {
    private let period: Int
    private let maximumSteps: Int

    /// `period` is TEST.EVAL_PERIOD, 0: after the last step alone.
    package init(period: Int, maximumSteps: Int) {
        self.period = period
        self.maximumSteps = maximumSteps
    }

    /// Whether one follows when `steps` are done.
    package func follows(_ steps: Int) -> Bool {
        steps == maximumSteps || period > 0 && steps > 0 && steps % period == 0
    }

    /// How many follow when `steps` are done, later than the one that follows at once.
    package func count(after steps: Int) -> Int {
        if steps >= maximumSteps { return 0 }
        return 1 + (period > 0 ? (maximumSteps - 1) / period - steps / period : 0)
    }
}
