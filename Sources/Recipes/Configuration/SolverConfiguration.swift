import ConfigFiles

extension RunConfiguration {
    /// Optimisation (SOLVER).
    package struct Solver: Sendable, Equatable {
        /// The update rules there are.
        package enum Optimizer: Sendable, Equatable {
            case adamW
            case sgd(momentum: Double, nesterov: Bool)
        }

        /// The ways of bounding gradients.
        package enum Clipping: Sendable, Equatable {
            case none
            /// The norm over all gradients together.
            case fullModel(maximumNorm: Double)
            /// The norm of each parameter's gradient.
            case perParameter(maximumNorm: Double)
            /// Each component.
            case value(maximum: Double)
        }

        /// How the learning rate falls.
        package enum Schedule: Sendable, Equatable {
            /// From a certain point on the rate stays at `constantEnding` of the base (0: never).
            case poly(power: Double, constantEnding: Double)
            /// `end` is the last rate over the base rate.
            case cosine(end: Double)
            case multiStep(steps: [Int], gamma: Double)
        }

        /// How the rate comes up to its schedule.
        package enum WarmupMethod: Sendable, Equatable { case linear, constant }

        /// The first steps.
        package struct Warmup: Sendable, Equatable {
            /// How the rate comes up.
            package let method: WarmupMethod
            /// The first rate over the base rate.
            package let factor: Double
            /// Steps until the schedule holds alone.
            package let steps: Int

            /// The given settings.
            package init(method: WarmupMethod, factor: Double, steps: Int) {
                self.method = method
                self.factor = factor
                self.steps = steps
            }
        }

        /// The update rule.
        package let optimizer: Optimizer
        /// The rate before schedule and factors.
        package let baseLearningRate: Double
        /// Factor on the rate of parameters under `backbone`.
        package let backboneMultiplier: Double
        /// Factor on the rate of biases.
        package let biasLearningRateFactor: Double
        /// The weight decay of weights and biases.
        package let weightDecay: Double
        /// The weight decay of norms.
        package let weightDecayNorm: Double
        /// The weight decay of embeddings.
        package let weightDecayEmbedding: Double
        /// Nil: as `weightDecay`.
        package let weightDecayBias: Double?
        /// How gradients are bounded.
        package let clipping: Clipping
        /// How the rate falls.
        package let schedule: Schedule
        /// The first steps.
        package let warmup: Warmup
        /// Steps of the run.
        package let maximumSteps: Int
        /// Images of a step, all parts together.
        package let imagesPerBatch: Int
        /// Parts that a batch is split into; their gradients are added before the step.
        package let accumulation: Int
        /// Steps between checkpoints.
        package let checkpointPeriod: Int
        /// Checkpoints that stay, besides the best and the last.
        package let checkpointsKept: Int

        init(_ reader: ConfigReader, unavailable: inout [ConfigError]) throws {
            let section = "SOLVER."
            let momentum = try reader.real(section + "MOMENTUM", in: 0...0.999_999)
            let nesterov = try reader.boolean(section + "NESTEROV")
            optimizer = try reader.choice(
                section + "OPTIMIZER", ["ADAMW": .adamW, "SGD": .sgd(momentum: momentum, nesterov: nesterov)])
            baseLearningRate = try reader.real(section + "BASE_LR", in: 0...1e6)
            backboneMultiplier = try reader.real(section + "BACKBONE_MULTIPLIER", in: 0...1e6)
            biasLearningRateFactor = try reader.real(section + "BIAS_LR_FACTOR", in: 0...1e6)
            weightDecay = try reader.real(section + "WEIGHT_DECAY", in: 0...1e6)
            weightDecayNorm = try reader.real(section + "WEIGHT_DECAY_NORM", in: 0...1e6)
            weightDecayEmbedding = try reader.real(section + "WEIGHT_DECAY_EMBED", in: 0...1e6)
            weightDecayBias = try reader.optionalReal(section + "WEIGHT_DECAY_BIAS", in: 0...1e6)
            clipping = try Self.clipping(reader, &unavailable)
            maximumSteps = try reader.integer(section + "MAX_ITER", in: 1...Int.max)
            schedule = try Self.schedule(reader, base: baseLearningRate, steps: maximumSteps, &unavailable)
            warmup = Warmup(
                method: try reader.choice(
                    section + "WARMUP_METHOD", ["linear": .linear, "constant": .constant]),
                factor: try reader.real(section + "WARMUP_FACTOR", in: 0...1e6),
                steps: try reader.integer(section + "WARMUP_ITERS", in: 0...Int.max))
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

        private static func clipping(_ reader: ConfigReader, _ unavailable: inout [ConfigError]) throws
            -> Clipping
        {
            let section = "SOLVER.CLIP_GRADIENTS."
            let enabled = try reader.boolean(section + "ENABLED")
            let maximum = try reader.real(section + "CLIP_VALUE", in: 0...Double.greatestFiniteMagnitude)
            let norm = try reader.real(section + "NORM_TYPE")
            let clipping = try reader.choice(
                section + "CLIP_TYPE",
                [
                    // PARITY: the official optimizer doesn't clip at all when the full-model maximum is 0.
                    "full_model": maximum > 0 ? .fullModel(maximumNorm: maximum) : Clipping.none,
                    "norm": .perParameter(maximumNorm: maximum), "value": .value(maximum: maximum),
                ])
            guard enabled else { return .none }
            if case .perParameter = clipping, norm != 2 {
                unavailable.append(
                    reader.unavailable(section + "NORM_TYPE", "clipping by other than the 2-norm"))
            }
            return clipping
        }

        private static func schedule(
            _ reader: ConfigReader, base: Double, steps: Int, _ unavailable: inout [ConfigError]
        ) throws -> Schedule {
            let section = "SOLVER."
            let end = try reader.real(section + "BASE_LR_END", in: 0...1e6)
            let milestones = try reader.integers(section + "STEPS", in: 0...Int.max)
            let multiStep = Schedule.multiStep(
                steps: milestones.filter { $0 <= steps },
                gamma: try reader.real(section + "GAMMA", in: 0...1e6))
            let poly = Schedule.poly(
                power: try reader.real(section + "POLY_LR_POWER", in: 0...100),
                constantEnding: try reader.real(section + "POLY_LR_CONSTANT_ENDING", in: 0...1))
            let choice: Schedule? = try reader.choice(
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
            case .some(let schedule):
                return schedule
            case nil:
                unavailable.append(
                    reader.unavailable(section + "LR_SCHEDULER_NAME", "WarmupStepWithFixedGammaLR"))
                return multiStep
            }
        }
    }
}
