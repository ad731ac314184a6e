import Images

/// An image for evaluation, with its labels untouched.
package struct EvaluationSample: Sendable, Equatable {
    /// What the network gets.
    package let image: RGBImage
    /// Rows of the image file, and so of the prediction.
    package let height: Int
    /// Columns of the image file.
    package let width: Int
    /// Class numbers, height × width; nil where the data set has none.
    package let labels: LabelImage?
    /// Segments told apart; nil where the data set has none, or nobody asked.
    package let panoptic: PanopticTruth?
    /// The item's name.
    package let id: String
    /// The image file.
    package let path: String
}

/// From files to evaluation samples: detectron2's DatasetMapper for testing, ResizeShortestEdge with Pillow's
/// bilinear filter.
package struct EvaluationMapper: Sendable, Equatable {
    /// INPUT.MIN_SIZE_TEST (0: images stay as they are) and MAX_SIZE_TEST.
    package let resize: ResizeShortestEdge

    /// Sides in pixels: the shortest aimed at (0: none) and the longest allowed.
    package init(minSize: Int, maxSize: Int) {
        resize = ResizeShortestEdge(lengths: [minSize], maxSize: maxSize)
    }

    /// Sample `index` of `dataset`. Throws `ImageError` and `DatasetError`, which name the file.
    package func sample(
        of dataset: SegmentationDataset, index: Int, wantsPanoptic: Bool = false
    ) throws -> EvaluationSample {
        let item = dataset.items[index]
        let image = try dataset.image(of: item)
        let labels = try dataset.labels(of: item)
        if let labels {
            try dataset.requireSize((image.width, image.height), of: item, (labels.width, labels.height))
        }
        return EvaluationSample(
            image: resized(image), height: image.height, width: image.width, labels: labels,
            panoptic: wantsPanoptic ? try dataset.panoptic(of: item) : nil, id: item.id, path: item.imagePath)
    }

    /// A picture as the network gets it.
    package func resized(_ image: RGBImage) -> RGBImage {
        let size = resize.size(height: image.height, width: image.width, length: resize.lengths[0])
        return image.resized(width: size.width, height: size.height)
    }
}
