import Annotations
import Images

/// An augmented image with what the network shall find in it.
package struct TrainingSample: Sendable, Equatable {
    /// Augmented, and padded where the configuration says so.
    package let image: RGBImage
    /// Of the image's size.
    package let targets: MaskTargets
    /// Class numbers, of the image's size; nil where objects are all there is.
    package let labels: LabelImage?
    /// The image file.
    package let path: String
}

/// From a data set's files to training samples: a pure function of its arguments.
package protocol TrainingMapper: Sendable {
    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `ImageError` and `DatasetError`,
    /// which name the file.
    func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample
}
