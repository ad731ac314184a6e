import ConfigFiles

extension RunConfiguration {
    /// Inference and evaluation (MODEL.MASK_FORMER.TEST and TEST).
    package struct Test: Sendable, Equatable {
        /// TEST.AUG: class scores are averaged over resized and mirrored images.
        package struct Augmentation: Sendable, Equatable {
            /// Shortest sides.
            package let minSizes: [Int]
            /// The longest side.
            package let maxSize: Int
            /// Whether each size is also seen mirrored.
            package let flips: Bool
        }

        /// TEST.SLIDE: the network sees an image through windows, and class scores are averaged where they overlap.
        package struct Slide: Sendable, Equatable {
            /// The size of a window in pixels of the network's image.
            package let height, width: Int
            /// From one window to the next.
            package let rowStride, columnStride: Int
        }

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
        /// Nil where it isn't enabled.
        package let augmentation: Augmentation?
        /// Nil where it isn't enabled.
        package let slide: Slide?

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
            augmentation = try Augmentation(reader)
            slide = try Slide(reader)
            for (key, isOn) in [("TEST.AUG.ENABLED", augmentation != nil), ("TEST.SLIDE.ENABLED", slide != nil)]
            where isOn && (panoptic || instance) {
                throw reader.invalid(
                    key, "averages the class scores of pixels, which panoptic and instance results are not made of",
                    hint: "set \(section)PANOPTIC_ON and \(section)INSTANCE_ON to False")
            }
        }
    }
}

extension RunConfiguration.Test.Augmentation {
    /// Nil where TEST.AUG.ENABLED is false.
    fileprivate init?(_ reader: ConfigReader) throws {
        minSizes = try reader.integers("TEST.AUG.MIN_SIZES", count: 1...1000, in: 1...65_536)
        maxSize = try reader.integer("TEST.AUG.MAX_SIZE", in: 1...1_000_000)
        flips = try reader.boolean("TEST.AUG.FLIP")
        if try !reader.boolean("TEST.AUG.ENABLED") { return nil }
    }
}

extension RunConfiguration.Test.Slide {
    /// Nil where TEST.SLIDE.ENABLED is false.
    fileprivate init?(_ reader: ConfigReader) throws {
        let window = try reader.integers("TEST.SLIDE.WINDOW", count: 2...2, in: 1...65_536)
        let strides = try reader.integers("TEST.SLIDE.STRIDE", count: 2...2, in: 1...65_536)
        (height, width) = (window[0], window[1])
        (rowStride, columnStride) = (strides[0], strides[1])
        if try !reader.boolean("TEST.SLIDE.ENABLED") { return nil }
        guard rowStride <= height, columnStride <= width else {
            throw reader.invalid(
                "TEST.SLIDE.STRIDE", "expected at most TEST.SLIDE.WINDOW \(window), or pixels between are never seen")
        }
    }
}
