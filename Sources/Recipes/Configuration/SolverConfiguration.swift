import ConfigFiles
import Optimizers

extension RunConfiguration {
    /// Optimisation (SOLVER).
    package struct Solver: Sendable, Equatable {
        /// Rule, rates, clipping and schedule.
        package let optimizer: Optimizer.Configuration
        /// Images of a step, all parts together.
        package let imagesPerBatch: Int
        /// Parts that a batch is split into; their gradients are added before the step.
        package let accumulation: Int
        /// Steps between checkpoints.
        package let checkpointPeriod: Int
        /// Checkpoints that stay, besides the best and the last.
        package let checkpointsKept: Int

        /// Steps of the run.
        package var maximumSteps: Int { optimizer.schedule.maximumSteps }

        init(_ reader: ConfigReader, unavailable: inout [ConfigError]) throws {
            let section = "SOLVER."
            let momentum = try reader.real(section + "MOMENTUM", in: 0...0.999_999)
            let nesterov = try reader.boolean(section + "NESTEROV")
            let rule = try reader.choice(
                section + "OPTIMIZER",
                ["ADAMW": UpdateRule.adamW(), "SGD": .sgd(momentum: momentum, nesterov: nesterov)])
            let settings = try Self.settings(reader)
            let clipping = try Self.clipping(reader, &unavailable)
            let maximumSteps = try reader.integer(section + "MAX_ITER", in: 1...Int.max)
            let decay = try Self.decay(reader, base: settings.learningRate, steps: maximumSteps, &unavailable)
            let warmup = LearningRateSchedule.Warmup(
                method: try reader.choice(
                    section + "WARMUP_METHOD", ["linear": .linear, "constant": .constant]),
                factor: try reader.real(section + "WARMUP_FACTOR", in: 0...1e6),
                steps: try reader.integer(section + "WARMUP_ITERS", in: 0...Int.max))
            optimizer = .init(
                rule: rule, settings: settings, clipping: clipping,
                schedule: LearningRateSchedule(decay: decay, warmup: warmup, maximumSteps: maximumSteps))
            imagesPerBatch = try reader.integer(section + "IMS_PER_BATCH", in: 1...100_000)
            accumulation = try reader.integer(section + "ACCUMULATE", in: 1...100_000)
            guard imagesPerBatch % accumulation == 0 else {
                throw reader.invalid(
                    section + "ACCUMULATE",
                    "expected a divisor of IMS_PER_BATCH (\(imagesPerBatch)), got \(accumulation)")
            }
            checkpointPeriod = try reader.integer(section + "CHECKPOINT_PERIOD", in: 1...Int.max)
            checkpointsKept = try reader.integer(section + "CHECKPOINT_KEEP", in: 1...Int.max)
        }

        private static func settings(_ reader: ConfigReader) throws -> ParameterSettings {
            func real(_ key: String) throws -> Double { try reader.real("SOLVER." + key, in: 0...1e6) }
            var settings = ParameterSettings(
                learningRate: try real("BASE_LR"), weightDecay: try real("WEIGHT_DECAY"))
            settings.backboneMultiplier = try real("BACKBONE_MULTIPLIER")
            settings.biasMultiplier = try real("BIAS_LR_FACTOR")
            settings.normWeightDecay = try real("WEIGHT_DECAY_NORM")
            settings.embeddingWeightDecay = try real("WEIGHT_DECAY_EMBED")
            settings.biasWeightDecay = try reader.optionalReal("SOLVER.WEIGHT_DECAY_BIAS", in: 0...1e6)
            return settings
        }

        private static func clipping(_ reader: ConfigReader, _ unavailable: inout [ConfigError]) throws
            -> GradientClipping
        {
            let section = "SOLVER.CLIP_GRADIENTS."
            let enabled = try reader.boolean(section + "ENABLED")
            let maximum = try reader.real(section + "CLIP_VALUE", in: 0...Double.greatestFiniteMagnitude)
            let norm = try reader.real(section + "NORM_TYPE")
            let clipping = try reader.choice(
                section + "CLIP_TYPE",
                [
                    // PARITY: the official optimizer doesn't clip at all when the full-model maximum is 0.
                    "full_model": maximum > 0 ? .fullModel(maximumNorm: maximum) : GradientClipping.none,
                    "norm": .perParameter(maximumNorm: maximum), "value": .value(maximum: maximum),
                ])
            guard enabled else { return .none }
            if case .perParameter = clipping, norm != 2 {
                unavailable.append(
                    reader.unavailable(section + "NORM_TYPE", "clipping by other than the 2-norm"))
            }
            return clipping
        }

        private static func decay(
            _ reader: ConfigReader, base: Double, steps: Int, _ unavailable: inout [ConfigError]
        ) throws -> LearningRateSchedule.Decay {
            let section = "SOLVER."
            let end = try reader.real(section + "BASE_LR_END", in: 0...1e6)
            let milestones = try reader.integers(section + "STEPS", in: 0...Int.max)
            let multiStep = LearningRateSchedule.Decay.multiStep(
                milestones: milestones.filter { $0 <= steps },
                gamma: try reader.real(section + "GAMMA", in: 0...1e6))
            let poly = LearningRateSchedule.Decay.poly(
                power: try reader.real(section + "POLY_LR_POWER", in: 0...100),
                constantEnding: try reader.real(section + "POLY_LR_CONSTANT_ENDING", in: 0...1))
            let choice: LearningRateSchedule.Decay? = try reader.choice(
                section + "LR_SCHEDULER_NAME",
                [
                    "WarmupPolyLR": poly, "WarmupCosineLR": .cosine(end: base > 0 ? end / base : 0),
                    "WarmupMultiStepLR": multiStep, "WarmupStepWithFixedGammaLR": nil,
                ])
            if try reader.boolean(section + "RESCALE_INTERVAL") {
                unavailable.append(reader.unavailable(section + "RESCALE_INTERVAL", "rescaled schedules"))
            }
            switch choice {
            case .cosine(let ratio) where ratio > 1:
                throw reader.invalid(
                    section + "BASE_LR_END", "expected at most BASE_LR (\(base)), got \(end)")
            case .multiStep(let kept, _) where zip(kept, kept.dropFirst()).contains(where: >=):
                throw reader.invalid(section + "STEPS", "expected growing steps, got \(milestones)")
            case .some(let decay):
                return decay
            case nil:
                unavailable.append(
                    reader.unavailable(section + "LR_SCHEDULER_NAME", "WarmupStepWithFixedGammaLR"))
                return multiStep
            }
        }
    }
}
