import Optimizers

extension RunConfiguration.Solver {
    /// The solver in the optimisers' own terms.
    package var optimizerConfiguration: Optimizers.Optimizer.Configuration {
        var settings = ParameterSettings(learningRate: baseLearningRate, weightDecay: weightDecay)
        settings.backboneMultiplier = backboneMultiplier
        settings.biasMultiplier = biasLearningRateFactor
        settings.normWeightDecay = weightDecayNorm
        settings.embeddingWeightDecay = weightDecayEmbedding
        settings.biasWeightDecay = weightDecayBias
        return .init(
            rule: rule, settings: settings, clipping: gradientClipping, schedule: learningRateSchedule)
    }

    private var rule: UpdateRule {
        switch optimizer {
        case .adamW: .adamW()
        case .sgd(let momentum, let nesterov): .sgd(momentum: momentum, nesterov: nesterov)
        }
    }

    private var gradientClipping: GradientClipping {
        switch clipping {
        case .none: .none
        case .fullModel(let maximum): .fullModel(maximumNorm: maximum)
        case .perParameter(let maximum): .perParameter(maximumNorm: maximum)
        case .value(let maximum): .value(maximum: maximum)
        }
    }

    /// The learning rate as a function of the step.
    package var learningRateSchedule: LearningRateSchedule {
        let decay: LearningRateSchedule.Decay =
            switch schedule {
            case .poly(let power, let ending): .poly(power: power, constantEnding: ending)
            case .cosine(let end): .cosine(end: end)
            case .multiStep(let steps, let gamma): .multiStep(milestones: steps, gamma: gamma)
            }
        let method: LearningRateSchedule.Warmup.Method = warmup.method == .linear ? .linear : .constant
        return LearningRateSchedule(
            decay: decay, warmup: .init(method: method, factor: warmup.factor, steps: warmup.steps),
            maximumSteps: maximumSteps)
    }
}
