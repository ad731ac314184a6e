import ConfigFiles

/// Which data (DATASETS, DATALOADER).
package struct DataConfiguration: Configurable, Sendable, Equatable {
    /// The folder that holds the data sets; nil: the environment's DETECTRON2_DATASETS, else Datasets.
    package var root: String?
    /// Names such as `cityscapes_fine_sem_seg_train` or `folder:camvid.json:train`.
    package var train: [String] = []
    /// The names of DATASETS.TEST.
    package var test: [String] = []
    /// Whether files that lists name may lie outside of the root and of the folder of images.
    package var allowsOutside = false
    /// Threads that read and augment images ahead of training.
    package var workerCount = 0
    /// Whether images in which a list has nothing to find are left out of training.
    package var filtersEmptyAnnotations = true

    /// Nothing that a file says.
    package init() {}

    package static var sections: [SettingSection<DataConfiguration>] {
        [
            SettingSection(
                "DATASETS",
                [
                    .text("ROOT", \.root, "The folder of the data sets; empty: DETECTRON2_DATASETS, else Datasets/."),
                    .texts("TRAIN", [], \.train, "Data sets to train on."),
                    .texts("TEST", [], \.test, "Data sets to evaluate on."),
                    .boolean(
                        "ALLOW_OUTSIDE", false, \.allowsOutside,
                        "Whether lists may name files outside of ROOT and the folder of images (--allow-outside)."),
                    .declared("PROPOSAL_FILES_TRAIN", [], "Of detectron2's detectors; without effect."),
                    .declared("PRECOMPUTED_PROPOSAL_TOPK_TRAIN", 2000, "Of detectron2's detectors; without effect."),
                    .declared("PROPOSAL_FILES_TEST", [], "Of detectron2's detectors; without effect."),
                    .declared("PRECOMPUTED_PROPOSAL_TOPK_TEST", 1000, "Of detectron2's detectors; without effect."),
                ]),
            SettingSection(
                "DATALOADER",
                [
                    .integer(
                        "NUM_WORKERS", 4, \.workerCount, in: 0...1024,
                        "Threads that read and augment images ahead of training."),
                    .declared("ASPECT_RATIO_GROUPING", true, "Without effect; the official mappers ignore it too."),
                    .declared("SAMPLER_TRAIN", "TrainingSampler", "Without effect: every image once an epoch."),
                    .declared("REPEAT_THRESHOLD", 0.0, "Of RepeatFactorTrainingSampler; without effect."),
                    .declared("REPEAT_SQRT", true, "Of RepeatFactorTrainingSampler; without effect."),
                    .boolean(
                        "FILTER_EMPTY_ANNOTATIONS", true, \.filtersEmptyAnnotations,
                        "Whether images without an object are left out of training."),
                ]),
        ]
    }
}
