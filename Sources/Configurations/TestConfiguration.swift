import ConfigFiles
import Inference
import Metrics

/// Inference and evaluation (MODEL.MASK_FORMER.TEST and TEST).
package struct TestConfiguration: Configurable, Sendable, Equatable {
    /// How predictions are made.
    package var inference = InferenceConfiguration()
    /// Steps between evaluations in training; 0 is never before the end.
    package var evaluationPeriod = 0
    /// Which classes the mean IoU is of.
    package var meanRule = SemanticResult.MeanRule.detectron2

    /// Nothing that a file says.
    package init() {}

    package static var sections: [SettingSection<TestConfiguration>] {
        [
            SettingSection(
                "MODEL.MASK_FORMER.TEST",
                [
                    .boolean("SEMANTIC_ON", true, \.inference.semantic, "Whether label maps are made."),
                    .boolean("INSTANCE_ON", false, \.inference.instance, "Whether instances are made."),
                    .boolean("PANOPTIC_ON", false, \.inference.panoptic, "Whether panoptic segments are made."),
                    .real(
                        "OBJECT_MASK_THRESHOLD", 0.0, \.inference.objectMaskThreshold, in: 0...1,
                        "The least class score of a query that becomes a segment."),
                    .real(
                        "OVERLAP_THRESHOLD", 0.0, \.inference.overlapThreshold, in: 0...1,
                        "The least part of a mask that must be left after the arg-max over queries."),
                    .boolean(
                        "SEM_SEG_POSTPROCESSING_BEFORE_INFERENCE", false, \.inference.resizesMasksBeforeMixing,
                        "Whether masks are resized to the image before classes are mixed."),
                ]),
            SettingSection(
                "TEST",
                [
                    .integer(
                        "EVAL_PERIOD", 0, \.evaluationPeriod, in: 0...Int.max,
                        "Steps between evaluations in training; 0: at the end alone."),
                    .integer(
                        "DETECTIONS_PER_IMAGE", 100, \.inference.detectionsPerImage, in: 1...1_000_000,
                        "Instances of an image, the best ones."),
                    .choice(
                        "MEAN_IOU", "detectron2", \.meanRule,
                        ["detectron2": .detectron2, "mmseg": .mmsegmentation, "pidnet": .allClasses],
                        "The classes in the mean: detectron2, those with a true pixel; mmseg, also those that are "
                            + "predicted, which are 0; pidnet, all, of which absent ones are 0."),
                    .declared("EXPECTED_RESULTS", [], "Of detectron2's own tests; without effect."),
                    .declared("KEYPOINT_OKS_SIGMAS", [], "Of detectron2's detectors; without effect."),
                ]),
            SettingSection(
                "TEST.AUG",
                [
                    .boolean(
                        "ENABLED", false, \.inference.augmentation.isEnabled,
                        "Whether class scores are averaged over resized and mirrored images."),
                    .integers(
                        "MIN_SIZES", [400, 500, 600, 700, 800, 900, 1000, 1100, 1200],
                        \.inference.augmentation.minSizes, count: 1...1000, in: 1...65_536, "Shortest sides."),
                    .integer(
                        "MAX_SIZE", 4000, \.inference.augmentation.maxSize, in: 1...1_000_000, "The longest side."),
                    .boolean("FLIP", true, \.inference.augmentation.flips, "Whether each size is mirrored too."),
                    .reals(
                        "RATIOS", [], \.inference.augmentation.ratios, count: 0...1000, in: 0.01...100,
                        "In the place of MIN_SIZES: ratios of INPUT.MIN_SIZE_TEST and MAX_SIZE_TEST, of whose views "
                            + "class probabilities are averaged (mmsegmentation's aug-test)."),
                ]),
            SettingSection(
                "TEST.SLIDE",
                [
                    .boolean(
                        "ENABLED", false, \.inference.slide.isEnabled,
                        "Whether class scores are averaged over windows of the image."),
                    .integers(
                        "WINDOW", [1024, 1024], \.inference.slide.window, count: 2...2, in: 1...65_536,
                        "Height and width of a window."),
                    .integers(
                        "STRIDE", [768, 768], \.inference.slide.stride, count: 2...2, in: 1...65_536,
                        "From one window to the next, down and to the right."),
                ]),
            SettingSection(
                "TEST.PRECISE_BN",
                [
                    .declared("ENABLED", false, "Of detectron2; without effect."),
                    .declared("NUM_ITER", 200, "Of detectron2; without effect."),
                ]),
        ]
    }

    /// Checks what several keys say together. Throws `ConfigError`.
    package mutating func finish(_ reader: ConfigReader) throws {
        inference.resizesMasksBeforeMixing =
            inference.resizesMasksBeforeMixing || inference.panoptic || inference.instance
        let (augmentation, slide) = (inference.augmentation, inference.slide)
        for (key, isOn) in [("TEST.AUG.ENABLED", augmentation.isEnabled), ("TEST.SLIDE.ENABLED", slide.isEnabled)]
        where isOn && (inference.panoptic || inference.instance) {
            throw reader.invalid(
                key, "averages the class scores of pixels, which panoptic and instance results are not made of",
                hint: "set MODEL.MASK_FORMER.TEST.PANOPTIC_ON and MODEL.MASK_FORMER.TEST.INSTANCE_ON to False")
        }
        if slide.isEnabled, zip(slide.stride, slide.window).contains(where: >) {
            throw reader.invalid(
                "TEST.SLIDE.STRIDE",
                "expected at most TEST.SLIDE.WINDOW \(slide.window), or pixels between are never seen")
        }
    }
}
