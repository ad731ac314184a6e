import Glibc

/// The learning rate as a function of the step: a factor on every parameter's own rate.
package struct LearningRateSchedule: Sendable, Equatable {
    /// How the factor falls.
    package enum Decay: Sendable, Equatable {
        /// DeepLab's WarmupPolyLR: (1 − step/maximum)^power. From where that is below `constantEnding`, and
        /// warm-up is over, the factor stays at `constantEnding` (0: never).
        case poly(power: Double, constantEnding: Double)
        /// WarmupCosineLR: half a cosine from 1 to `end`.
        case cosine(end: Double)
        /// WarmupMultiStepLR: times `gamma` at each milestone.
        case multiStep(milestones: [Int], gamma: Double)
    }

    /// The first steps.
    package struct Warmup: Sendable, Equatable {
        /// Whether the factor grows to 1 or stays as it is until the end of warm-up.
        package enum Method: Sendable, Equatable { case linear, constant }

        /// How the factor moves.
        package var method: Method
        /// The factor at step 0, relative to what the decay has there.
        package var factor: Double
        /// The number of steps; 0 is no warm-up.
        package var steps: Int

        /// `factor` at step 0; `steps` 0 is no warm-up.
        package init(method: Method, factor: Double, steps: Int) {
            self.method = method
            self.factor = factor
            self.steps = steps
        }
    }

    /// How the factor falls over the run.
    package var decay: Decay
    /// How it begins.
    package var warmup: Warmup
    /// The length of the run.
    package var maximumSteps: Int
    /// Steps that the factor comes late by (PIDNet sets the rate after a step, by that step: 1).
    package var lag = 0

    /// - Parameter maximumSteps: the length of the run, at least 1.
    package init(decay: Decay, warmup: Warmup, maximumSteps: Int) {
        precondition(maximumSteps > 0, "schedule: maximum steps \(maximumSteps)")
        self.decay = decay
        self.warmup = warmup
        self.maximumSteps = maximumSteps
    }

    /// The factor at a step, counted from 0.
    package func multiplier(at step: Int) -> Double {
        let step = max(0, step - lag)
        if case .poly(let power, let ending) = decay { return poly(step, power: power, constantEnding: ending) }
        let progress = Double(step) / Double(maximumSteps)
        let length = min(Double(warmup.steps) / Double(maximumSteps), 1)
        // detectron2 builds these from fvcore's WarmupParamScheduler: warm-up ends where the decay is at
        // that time.
        guard progress + Self.tolerance <= length else { return decayed(progress) }
        let start = warmup.factor * decayed(0)
        switch warmup.method {
        case .constant: return start
        case .linear:
            let share = progress / length
            return decayed(length) * share + start * (1 - share)
        }
    }

    /// PARITY: fvcore adds this to the progress (step/maximum) before it compares.
    private static let tolerance = 1e-6

    /// Cosine and multi-step at a progress of 0…1.
    private func decayed(_ progress: Double) -> Double {
        switch decay {
        case .cosine(let end):
            return end + 0.5 * (1 - end) * (1 + cos(.pi * progress))
        case .multiStep(let milestones, let gamma):
            let step = Int((progress + Self.tolerance) * Double(maximumSteps))
            return pow(gamma, Double(milestones.count { $0 <= step }))
        case .poly(let power, _):
            return pow(max(0, 1 - progress), power)
        }
    }

    /// detectron2 projects/DeepLab/deeplab/lr_scheduler.py: warm-up multiplies the decay.
    private func poly(_ step: Int, power: Double, constantEnding: Double) -> Double {
        let factor = decayed(Double(step) / Double(maximumSteps))
        let share = warmup.steps > 0 ? Double(step) / Double(warmup.steps) : 1
        let warm: Double
        switch warmup.method {
        case _ where step >= warmup.steps: warm = 1
        case .constant: warm = warmup.factor
        case .linear: warm = warmup.factor * (1 - share) + share
        }
        return warm == 1 ? max(factor, constantEnding) : warm * factor
    }
}
