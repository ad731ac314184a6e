import ConfigFiles

extension RunConfiguration {
    /// The loss and the matching (MODEL.MASK_FORMER).
    package struct Criterion: Sendable, Equatable {
        /// MASK_FORMER.CLASS_WEIGHT: the weight of the class cost and loss.
        package let classWeight: Double
        /// MASK_FORMER.MASK_WEIGHT: the weight of the mask cross-entropy.
        package let maskWeight: Double
        /// MASK_FORMER.DICE_WEIGHT: the weight of dice.
        package let diceWeight: Double
        /// The weight of the no-object class in the class loss.
        package let noObjectWeight: Double
        /// Losses after every decoder layer, not only the last.
        package let deepSupervision: Bool
        /// Points at which masks are compared.
        package let pointCount: Int
        /// Candidates drawn for each point of the mask loss.
        package let oversampleRatio: Double
        /// The share of points taken from the most uncertain candidates.
        package let importanceSampleRatio: Double

        init(_ reader: ConfigReader) throws {
            let section = "MODEL.MASK_FORMER."
            classWeight = try reader.real(section + "CLASS_WEIGHT", in: 0...1e6)
            maskWeight = try reader.real(section + "MASK_WEIGHT", in: 0...1e6)
            diceWeight = try reader.real(section + "DICE_WEIGHT", in: 0...1e6)
            noObjectWeight = try reader.real(section + "NO_OBJECT_WEIGHT", in: 0...1e6)
            deepSupervision = try reader.boolean(section + "DEEP_SUPERVISION")
            pointCount = try reader.integer(section + "TRAIN_NUM_POINTS", in: 1...10_000_000)
            oversampleRatio = try reader.real(section + "OVERSAMPLE_RATIO", in: 1...100)
            importanceSampleRatio = try reader.real(section + "IMPORTANCE_SAMPLE_RATIO", in: 0...1)
        }
    }

    /// Inference and evaluation (MODEL.MASK_FORMER.TEST and TEST).
    package struct Test: Sendable, Equatable {
        /// TEST.SEMANTIC_ON: label maps are wanted.
        package let semantic: Bool
        /// TEST.INSTANCE_ON: instances are wanted.
        package let instance: Bool
        /// TEST.PANOPTIC_ON: panoptic maps are wanted.
        package let panoptic: Bool
        /// The least class score of a query that becomes a segment.
        package let objectMaskThreshold: Double
        /// The least part of a mask that must be left after the arg-max.
        package let overlapThreshold: Double
        /// Masks are resized to the original size before the classes are mixed. The official code does so
        /// when asked, and whenever panoptic or instance results are on.
        package let resizesMasksBeforeMixing: Bool
        /// TEST.DETECTIONS_PER_IMAGE: instances of an image, the best ones.
        package let detectionsPerImage: Int
        /// Steps between evaluations in training; 0 is never before the end.
        package let evaluationPeriod: Int
        /// Test-time augmentation is asked for.
        package let augmentation: Bool

        init(_ reader: ConfigReader) throws {
            let section = "MODEL.MASK_FORMER.TEST."
            semantic = try reader.boolean(section + "SEMANTIC_ON")
            instance = try reader.boolean(section + "INSTANCE_ON")
            panoptic = try reader.boolean(section + "PANOPTIC_ON")
            objectMaskThreshold = try reader.real(section + "OBJECT_MASK_THRESHOLD", in: 0...1)
            overlapThreshold = try reader.real(section + "OVERLAP_THRESHOLD", in: 0...1)
            let asked = try reader.boolean(section + "SEM_SEG_POSTPROCESSING_BEFORE_INFERENCE")
            resizesMasksBeforeMixing = asked || panoptic || instance
            detectionsPerImage = try reader.integer("TEST.DETECTIONS_PER_IMAGE", in: 1...1_000_000)
            evaluationPeriod = try reader.integer("TEST.EVAL_PERIOD", in: 0...Int.max)
            augmentation = try reader.boolean("TEST.AUG.ENABLED")
        }
    }
}
