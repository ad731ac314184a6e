import Annotations
import Images

/// From a panoptic data set's files to training samples: the official mask_former_panoptic_dataset_mapper.py,
/// with jitter coco_panoptic_new_baseline_dataset_mapper.py. One segment for each of the list but crowds, in
/// its order. With the standard augmentation it draws what `SemanticMapper` draws: a pure function of (data
/// set, configuration, seed, epoch, index).
package struct PanopticMapper: TrainingMapper, Equatable {
    /// What happens to an image.
    package let augmentation: Augmentation

    /// A mapper; it holds no state but its configuration.
    package init(_ augmentation: Augmentation) {
        self.augmentation = augmentation
    }

    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `ImageError` and `DatasetError`,
    /// which name the file; also for an image without a panoptic annotation.
    package func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample {
        let item = dataset.items[index]
        let truth = try dataset.requiredPanoptic(of: item)
        let (image, labels) = try dataset.pair(of: item)
        try dataset.requireSize(
            (image.width, image.height), of: item, in: truth.annotation.path, (truth.width, truth.height))
        var random = SampleRandom(seed: seed, epoch: epoch, index: index)
        let ignoreLabel = dataset.classes.ignoreLabel
        let decided = SampleAugmentation(
            augmentation, height: image.height, width: image.width, labels: labels, ignoreLabel: ignoreLabel,
            random: &random)
        return TrainingSample(
            image: decided.apply(to: image), targets: targets(truth, decided),
            labels: decided.apply(to: labels, fill: UInt16(ignoreLabel), rule: .torch),
            path: item.imagePath)
    }

    /// PARITY: crowds are nobody's segment, and so background to every query; segments that the crop left
    /// without a pixel stay, as empty masks (the official mapper filters neither).
    private func targets(_ truth: PanopticTruth, _ decided: SampleAugmentation) -> MaskTargets {
        let wanted = truth.annotation.segments.filter { !$0.isCrowd }
        let places = Dictionary(uniqueKeysWithValues: wanted.enumerated().map { ($1.id, UInt16($0 + 1)) })
        // The official mapper resizes the picture as 8-bit RGB, through Pillow.
        let numbers = decided.apply(
            to: truth.labels(void: 0) { places[$1.id] ?? 0 }, fill: 0, rule: .pillow)
        return MaskTargets(
            classes: wanted.map(\.classNumber), height: numbers.height, width: numbers.width,
            segments: numbers.values.map { Int32($0) - 1 })
    }
}
