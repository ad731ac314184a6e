import Annotations

/// An augmented image with its targets.
package struct TrainingSample: Sendable, Equatable {
    /// Augmented, and padded where the configuration says so.
    package let image: Image<UInt8>
    /// Of the image's size; larger where the image is padded after normalisation (`Padding.mean`).
    package let targets: MaskTargets
    /// Class numbers, of the targets' size; nil where there are only objects.
    package let labels: LabelImage?
    /// 1 on boundaries between classes, of the labels' size; nil where nothing learns them.
    package var boundaries: LabelImage?
    /// The image file.
    package let path: String
}

/// Makes training samples of a data set's files. A sample depends on the arguments alone.
package protocol TrainingMapper: Sendable {
    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `InputError` and `DatasetError`,
    /// which name the file.
    func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample

    /// The sample of a picture that is at hand, with its annotations. Throws `InputError` where one is not there.
    func sample(
        of annotated: AnnotatedImage, classes: ClassTable, random: inout SampleRandom
    ) throws -> TrainingSample
}
