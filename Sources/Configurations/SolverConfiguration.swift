import ConfigFiles
import Optimizers

/// Optimisation (SOLVER).
package struct SolverConfiguration: Configurable, Sendable, Equatable {
    /// Rule, rates, clipping and schedule.
    package var optimizer = Optimizer.Configuration(
        rule: .adamW(), settings: ParameterSettings(learningRate: 0, weightDecay: 0), clipping: .none,
        schedule: LearningRateSchedule(
            decay: .cosine(end: 0), warmup: .init(method: .linear, factor: 0, steps: 0), maximumSteps: 1))
    /// Images of a step, all parts together.
    package var imagesPerBatch = 1
    /// Parts that a batch is split into; their gradients are added before the step.
    package var accumulation = 1
    /// Whether gradients, statistics and losses are summed image by image, in a fixed tree over the whole batch.
    package var sumsByImage = false
    /// Steps between checkpoints.
    package var checkpointPeriod = 1
    /// Checkpoints that stay, besides the best and the last.
    package var checkpointsKept = 1

    /// Steps of the run.
    package var maximumSteps: Int { optimizer.schedule.maximumSteps }

    /// Nothing that a file says.
    package init() {}

    package static var sections: [SettingSection<SolverConfiguration>] {
        [
            rates, clipping, schedule,
            SettingSection("SOLVER.AMP", [.declared("ENABLED", false, "Mixed precision; without effect.")]),
        ]
    }

    /// The rule, and rates and decays.
    private static var rates: SettingSection<SolverConfiguration> {
        SettingSection(
            "SOLVER",
            [
                .declared("OPTIMIZER", "ADAMW", "ADAMW or SGD."),
                .real(
                    "BASE_LR", 0.001, \.optimizer.settings.learningRate, in: 0...1e6,
                    "The learning rate before the schedule."),
                .declared("BASE_LR_END", 0.0, "The learning rate at the end of WarmupCosineLR."),
                .real(
                    "BACKBONE_MULTIPLIER", 0.1, \.optimizer.settings.backboneMultiplier, in: 0...1e6,
                    "Factor on the rate of the backbone."),
                .real(
                    "HEAD_MULTIPLIER", 1.0, \.optimizer.settings.headMultiplier, in: 0...1e6,
                    "Factor on the rate of what has head in its name (SegFormer: 10)."),
                .real(
                    "BIAS_LR_FACTOR", 1.0, \.optimizer.settings.biasMultiplier, in: 0...1e6,
                    "Factor on the rate of biases."),
                .declared("MOMENTUM", 0.9, "Momentum of SGD."),
                .declared("NESTEROV", false, "Whether SGD takes Nesterov's momentum."),
                .real(
                    "WEIGHT_DECAY", 0.0001, \.optimizer.settings.weightDecay, in: 0...1e6,
                    "Weight decay of what no other decay names."),
                .real(
                    "WEIGHT_DECAY_NORM", 0.0, \.optimizer.settings.normWeightDecay, in: 0...1e6,
                    "Weight decay of normalisation layers."),
                .custom(
                    "WEIGHT_DECAY_HEAD_NORM", .null,
                    "Weight decay of normalisation layers with head in their names; null: WEIGHT_DECAY_NORM."
                ) {
                    $2.optimizer.settings.headNormWeightDecay = try $0.optionalReal($1, in: 0...1e6)
                },
                .real(
                    "WEIGHT_DECAY_EMBED", 0.0, \.optimizer.settings.embeddingWeightDecay, in: 0...1e6,
                    "Weight decay of embeddings."),
                .custom("WEIGHT_DECAY_BIAS", .null, "Weight decay of biases; null: WEIGHT_DECAY.") {
                    $2.optimizer.settings.biasWeightDecay = try $0.optionalReal($1, in: 0...1e6)
                },
            ])
    }

    /// Clipping of gradients.
    private static var clipping: SettingSection<SolverConfiguration> {
        SettingSection(
            "SOLVER.CLIP_GRADIENTS",
            [
                .declared("ENABLED", false, "Whether gradients are clipped."),
                .declared("CLIP_TYPE", "value", "full_model, norm (of each parameter) or value."),
                .declared("CLIP_VALUE", 1.0, "The largest norm or value."),
                .declared("NORM_TYPE", 2.0, "The kind of norm; 2 is built."),
            ])
    }

    /// The schedule, the batch, and checkpoints.
    private static var schedule: SettingSection<SolverConfiguration> {
        SettingSection(
            "SOLVER",
            [
                .declared(
                    "LR_SCHEDULER_NAME", "WarmupMultiStepLR", "WarmupPolyLR, WarmupCosineLR or WarmupMultiStepLR."),
                .real(
                    "WARMUP_FACTOR", 0.001, \.optimizer.schedule.warmup.factor, in: 0...1e6,
                    "Factor on the rate at the first step of the warm-up."),
                .integer(
                    "WARMUP_ITERS", 1000, \.optimizer.schedule.warmup.steps, in: 0...Int.max,
                    "Steps of the warm-up."),
                .choice(
                    "WARMUP_METHOD", "linear", \.optimizer.schedule.warmup.method,
                    ["linear": .linear, "constant": .constant], "How the rate grows in the warm-up."),
                .integer(
                    "LR_LAG", 0, \.optimizer.schedule.lag, in: 0...Int.max,
                    "Steps that rates come late by; 1: each step has that of the one before (PIDNet)."),
                .declared("GAMMA", 0.1, "Factor of WarmupMultiStepLR at each of STEPS."),
                .declared("STEPS", [30000], "The steps of WarmupMultiStepLR."),
                .declared("NUM_DECAYS", 3, "Of WarmupStepWithFixedGammaLR, which is not built."),
                .only(false, of: "RESCALE_INTERVAL", default: false, else: "rescaled schedules", "Not built."),
                .declared("POLY_LR_POWER", 0.9, "The power of WarmupPolyLR."),
                .declared("POLY_LR_CONSTANT_ENDING", 0.0, "The least factor of WarmupPolyLR."),
                .integer(
                    "MAX_ITER", 40000, \.optimizer.schedule.maximumSteps, in: 1...Int.max, "Steps of the run."),
                .integer(
                    "IMS_PER_BATCH", 16, \.imagesPerBatch, in: 1...100_000,
                    "Images of a step, all parts together."),
                .integer(
                    "ACCUMULATE", 1, \.accumulation, in: 1...100_000,
                    "Parts of a batch; their gradients are added before the step. Batch norm sees one part at a time."),
                .boolean(
                    "SUMS_BY_IMAGE", false, \.sumsByImage,
                    "Whether sums over images are taken image by image, so that no division of the batch changes a bit."
                ),
                .integer(
                    "CHECKPOINT_PERIOD", 5000, \.checkpointPeriod, in: 1...Int.max, "Steps between checkpoints."),
                .integer(
                    "CHECKPOINT_KEEP", 3, \.checkpointsKept, in: 1...Int.max,
                    "Checkpoints that stay beside the best and the last."),
                .declared("REFERENCE_WORLD_SIZE", 0, "Of detectron2; without effect."),
            ])
    }

    /// Reads what several keys say together. Throws `ConfigError`.
    package mutating func finish(_ reader: ConfigReader) throws {
        let section = "SOLVER."
        let momentum = try reader.real(section + "MOMENTUM", in: 0...0.999_999)
        let nesterov = try reader.boolean(section + "NESTEROV")
        optimizer.rule = try reader.choice(
            section + "OPTIMIZER", ["ADAMW": .adamW(), "SGD": .sgd(momentum: momentum, nesterov: nesterov)])
        optimizer.clipping = try Self.clipping(reader)
        optimizer.schedule.decay = try Self.decay(
            reader, base: optimizer.settings.learningRate, steps: maximumSteps)
        guard imagesPerBatch % accumulation == 0 else {
            throw reader.invalid(
                section + "ACCUMULATE", "expected a divisor of IMS_PER_BATCH (\(imagesPerBatch)), got \(accumulation)")
        }
    }

    private static func clipping(_ reader: ConfigReader) throws -> GradientClipping {
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
            reader.refuse(section + "NORM_TYPE", "clipping by other than the 2-norm")
        }
        return clipping
    }

    private static func decay(_ reader: ConfigReader, base: Double, steps: Int) throws -> LearningRateSchedule.Decay {
        let section = "SOLVER."
        let end = try reader.real(section + "BASE_LR_END", in: 0...1e6)
        let milestones = try reader.integers(section + "STEPS", in: 0...Int.max)
        let multiStep = LearningRateSchedule.Decay.multiStep(
            milestones: milestones.filter { $0 <= steps }, gamma: try reader.real(section + "GAMMA", in: 0...1e6))
        let poly = LearningRateSchedule.Decay.poly(
            power: try reader.real(section + "POLY_LR_POWER", in: 0...100),
            constantEnding: try reader.real(section + "POLY_LR_CONSTANT_ENDING", in: 0...1))
        let choice: LearningRateSchedule.Decay? = try reader.choice(
            section + "LR_SCHEDULER_NAME",
            [
                "WarmupPolyLR": poly, "WarmupCosineLR": .cosine(end: base > 0 ? end / base : 0),
                "WarmupMultiStepLR": multiStep, "WarmupStepWithFixedGammaLR": nil,
            ])
        switch choice {
        case .cosine(let ratio) where ratio > 1:
            throw reader.invalid(section + "BASE_LR_END", "expected at most BASE_LR (\(base)), got \(end)")
        case .multiStep(let kept, _) where zip(kept, kept.dropFirst()).contains(where: >=):
            throw reader.invalid(section + "STEPS", "expected growing steps, got \(milestones)")
        case .some(let decay):
            return decay
        case nil:
            reader.refuse(section + "LR_SCHEDULER_NAME", "WarmupStepWithFixedGammaLR")
            return multiStep
        }
    }
}
