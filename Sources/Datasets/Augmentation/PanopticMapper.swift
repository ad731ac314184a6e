import Annotations
import Images

/// Makes training samples of panoptic annotations: the official mask_former_panoptic_dataset_mapper.py, with jitter
/// coco_panoptic_new_baseline_dataset_mapper.py, with DETR's augmentation MaskFormer's detr_panoptic_dataset_mapper.py.
/// The segments are those of the list but for crowd regions, in its order. The standard augmentation draws the random
/// numbers that `SemanticMapper` draws.
package struct PanopticMapper: TrainingMapper, Equatable {
    package let augmentation: Augmentation

    package init(_ augmentation: Augmentation) {
        self.augmentation = augmentation
    }

    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `InputError` and `DatasetError`,
    /// which name the file; also for an image without a panoptic annotation.
    package func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample {
        let item = dataset.items[index]
        let truth = try dataset.requiredPanoptic(of: item)
        let (image, labels) = try dataset.pair(of: item)
        try dataset.requireSize(image.size, of: item, in: truth.annotation.path, truth.size)
        var random = SampleRandom(seed: seed, epoch: epoch, index: index)
        return try sample(
            of: AnnotatedImage(image, labels: labels, panoptic: truth, path: item.imagePath), classes: dataset.classes,
            random: &random)
    }

    /// The sample of a picture with labels and segments. Throws `InputError` where it lacks them.
    package func sample(
        of annotated: AnnotatedImage, classes: ClassTable, random: inout SampleRandom
    ) throws -> TrainingSample {
        let labels = try annotated.required(\.labels, "labels")
        let truth = try annotated.required(\.panoptic, "objects")
        let ignoreLabel = classes.ignoreLabel
        let drawn = SampleAugmentation(
            augmentation, annotated.image.size, labels: labels, ignoreLabel: ignoreLabel, random: &random)
        return TrainingSample(
            image: drawn.apply(to: annotated.image), targets: targets(truth, drawn),
            labels: drawn.apply(to: labels, fill: UInt16(ignoreLabel), rule: .torch),
            path: annotated.path)
    }

    /// PARITY: crowd regions are no segment, and so background to every query; segments that the crop left
    /// without a pixel stay, as empty masks (the official mapper filters neither).
    private func targets(_ truth: PanopticTruth, _ drawn: SampleAugmentation) -> MaskTargets {
        let wanted = truth.annotation.segments.filter { !$0.isCrowd }
        let numberOfID = Dictionary(uniqueKeysWithValues: wanted.enumerated().map { ($1.id, UInt16($0 + 1)) })
        // The official mapper resizes the picture as 8-bit RGB, through Pillow.
        let numbers = drawn.apply(
            to: truth.labels(void: 0) { numberOfID[$1.id] ?? 0 }, fill: 0, rule: .pillow)
        return MaskTargets(
            classes: wanted.map(\.classNumber), height: numbers.height, width: numbers.width,
            segments: numbers.values.map { Int32($0) - 1 })
    }
}
