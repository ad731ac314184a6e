import Annotations
import Images

/// Makes training samples of label maps: the official mask_former_semantic_dataset_mapper.py with detectron2's
/// transforms. Its random numbers are not those of the official code, its arithmetic is.
package struct SemanticMapper: TrainingMapper, Equatable {
    package let augmentation: StandardAugmentation
    /// Whether samples have maps of boundaries, found in the labels before augmentation (PIDNet).
    package let marksBoundaries: Bool

    package init(_ augmentation: StandardAugmentation, marksBoundaries: Bool = false) {
        self.augmentation = augmentation
        self.marksBoundaries = marksBoundaries
    }

    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `InputError` and `DatasetError`,
    /// which name the file.
    package func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample {
        let item = dataset.items[index]
        let (image, labels) = try dataset.pair(of: item)
        var random = SampleRandom(seed: seed, epoch: epoch, index: index)
        return try sample(
            of: AnnotatedImage(image, labels: labels, path: item.imagePath), classes: dataset.classes, random: &random)
    }

    /// The sample of a picture with labels. Throws `InputError` where it has none.
    package func sample(
        of annotated: AnnotatedImage, classes: ClassTable, random: inout SampleRandom
    ) throws -> TrainingSample {
        let labels = try annotated.required(\.labels, "labels")
        let ignoreLabel = classes.ignoreLabel
        let augmented = augment(annotated.image, labels, ignoreLabel: ignoreLabel, random: &random)
        return TrainingSample(
            image: augmented.image,
            targets: MaskTargets(
                labels: augmented.labels.values, height: augmented.labels.height,
                width: augmented.labels.width, ignoreLabel: ignoreLabel),
            labels: augmented.labels, boundaries: augmented.boundaries, path: annotated.path)
    }

    /// Resize, crop, colour, flip, pad.
    package func augment(
        _ image: Image<UInt8>, _ labels: LabelImage, ignoreLabel: Int, random: inout SampleRandom
    ) -> (image: Image<UInt8>, labels: LabelImage, boundaries: LabelImage?) {
        let drawn = SampleAugmentation(
            .standard(augmentation), labels.size, labels: labels, ignoreLabel: ignoreLabel, random: &random)
        let boundaries = marksBoundaries ? labels.boundaries(ignoreLabel: ignoreLabel) : nil
        return (
            drawn.apply(to: image), drawn.apply(to: labels, fill: UInt16(ignoreLabel), rule: .torch),
            boundaries.map { drawn.apply(to: $0, fill: 0, rule: .torch) }
        )
    }
}
