import Annotations
import Images

/// From a data set's files to training samples: the official mask_former_semantic_dataset_mapper.py with
/// detectron2's transforms. A sample is a pure function of (data set, configuration, seed, epoch, index); its
/// random numbers are ours, its arithmetic is theirs.
package struct SemanticMapper: TrainingMapper, Equatable {
    /// Mirroring, with probability one half.
    package enum Flip: Sendable, Equatable { case none, horizontal, vertical }

    /// What happens to an image, in this order.
    package struct Configuration: Sendable, Equatable {
        /// To a random length of the shortest side.
        package var resize: ResizeShortestEdge
        /// A random window; nil keeps the image whole.
        package var crop: RandomCrop?
        /// Whether brightness, contrast, saturation and hue change at random.
        package var distortsColor: Bool
        /// The axis that a coin mirrors.
        package var flip: Flip
        /// INPUT.SIZE_DIVISIBILITY where it is positive: images become squares of this side, padded on the
        /// right and below with grey (128) and the ignore label, or cut.
        package var squareSize: Int?
        /// Images smaller than an absolute crop are padded to its size in the same way (not in the official
        /// code).
        package var padsToCrop: Bool

        /// Defaults are the official ones.
        package init(
            resize: ResizeShortestEdge, crop: RandomCrop?, distortsColor: Bool = true,
            flip: Flip = .horizontal,
            squareSize: Int? = nil, padsToCrop: Bool = false
        ) {
            self.resize = resize
            self.crop = crop
            self.distortsColor = distortsColor
            self.flip = flip
            self.squareSize = squareSize
            self.padsToCrop = padsToCrop
        }
    }

    /// What happens to an image.
    package let configuration: Configuration

    /// A mapper; it holds no state but its configuration.
    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `ImageError` and `DatasetError`,
    /// which name the file.
    package func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample {
        let item = dataset.items[index]
        let (image, labels) = try dataset.pair(of: item)
        var random = SampleRandom(seed: seed, epoch: epoch, index: index)
        let ignoreLabel = dataset.classes.ignoreLabel
        let augmented = augment(image, labels, ignoreLabel: ignoreLabel, random: &random)
        return TrainingSample(
            image: augmented.image,
            targets: MaskTargets(
                labels: augmented.labels.values, height: augmented.labels.height,
                width: augmented.labels.width,
                ignoreLabel: ignoreLabel),
            labels: augmented.labels, path: item.imagePath)
    }

    /// Resize, crop, colour, flip, pad.
    package func augment(
        _ image: RGBImage, _ labels: LabelImage, ignoreLabel: Int, random: inout SampleRandom
    ) -> (image: RGBImage, labels: LabelImage) {
        let augmentation = SampleAugmentation(
            .standard(configuration), height: labels.height, width: labels.width, labels: labels,
            ignoreLabel: ignoreLabel, random: &random)
        return (
            augmentation.apply(to: image),
            augmentation.apply(to: labels, fill: UInt16(ignoreLabel), rule: .torch)
        )
    }
}
