import Annotations
import Images

/// An image for evaluation; its labels keep their size.
package struct EvaluationSample: Sendable, Equatable {
    /// What the network gets.
    package let image: Image<UInt8>
    /// Rows and columns of the image file, and so of the prediction.
    package let size: ImageSize
    /// Class numbers of that size; nil where the data set has none.
    package let labels: LabelImage?
    /// Segments told apart; nil where the data set has none, or they are not wanted.
    package let panoptic: PanopticTruth?
    /// The item's name.
    package let id: String
    /// The image file.
    package let path: String
}

/// Makes evaluation samples of files: detectron2's DatasetMapper for testing, ResizeShortestEdge with Pillow's
/// bilinear filter.
package struct EvaluationMapper: Sendable, Equatable {
    /// INPUT.MIN_SIZE_TEST (0: images stay as they are) and MAX_SIZE_TEST.
    package let resize: ResizeShortestEdge

    /// Sides in pixels: the shortest aimed at (0: none) and the longest allowed.
    package init(minSize: Int, maxSize: Int) {
        resize = ResizeShortestEdge(minSizes: [minSize], maxSize: maxSize)
    }

    /// Sample `index` of `dataset`. Throws `InputError` and `DatasetError`, which name the file.
    package func sample(
        of dataset: SegmentationDataset, index: Int, wantsPanoptic: Bool = false
    ) throws -> EvaluationSample {
        let item = dataset.items[index]
        let image = try dataset.image(of: item)
        let labels = try dataset.labels(of: item)
        if let labels { try dataset.requireSize(image.size, of: item, labels.size) }
        return EvaluationSample(
            image: resized(image), size: image.size, labels: labels,
            panoptic: wantsPanoptic ? try dataset.panoptic(of: item) : nil, id: item.id, path: item.imagePath)
    }

    /// A picture as the network gets it.
    package func resized(_ image: Image<UInt8>) -> Image<UInt8> { image.resized(to: size(of: image.size)) }

    /// The size of a picture of the size `image` as the network gets it.
    package func size(of image: ImageSize) -> ImageSize { resize.size(of: image, length: resize.minSizes[0]) }
}
