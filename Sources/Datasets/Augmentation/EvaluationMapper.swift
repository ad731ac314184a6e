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
/// bilinear filter; or mmsegmentation's Resize and SegFormer's AlignedResize, with OpenCV's.
package struct EvaluationMapper: Sendable, Equatable {
    /// INPUT.MIN_SIZE_TEST (0: images stay as they are) and MAX_SIZE_TEST.
    package let resize: ResizeShortestEdge
    /// INPUT.RESAMPLING.
    package let resampling: Resampling
    /// INPUT.ALIGN_TEST: a second resize makes both sides multiples of it; 0 and 1: none.
    package let alignment: Int

    /// Sides in pixels: the shortest aimed at (0: none) and the longest allowed.
    package init(minSize: Int, maxSize: Int, resampling: Resampling = .pillow, alignment: Int = 0) {
        resize = ResizeShortestEdge(minSizes: [minSize], maxSize: maxSize)
        self.resampling = resampling
        self.alignment = alignment
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

    /// A picture as the network gets it; at `ratio` times both sides of INPUT where that is given.
    package func resized(_ image: Image<UInt8>, ratio: Double? = nil) -> Image<UInt8> {
        let size = fitted(image.size, ratio: ratio)
        return resampling.resized(resampling.resized(image, to: size), to: aligned(size))
    }

    /// The size of a picture of the size `image` as the network gets it.
    package func size(of image: ImageSize) -> ImageSize { aligned(fitted(image, ratio: nil)) }

    /// After the first resize. A ratio multiplies the sides as mmsegmentation's MultiScaleFlipAug does.
    private func fitted(_ image: ImageSize, ratio: Double?) -> ImageSize {
        let shortest = resize.minSizes[0]
        if ratio == nil {
            if shortest == 0 { return image }
            if resampling == .pillow { return resize.size(of: image, length: shortest) }
        }
        func scaled(_ side: Int) -> Int { Int(Double(side) * (ratio ?? 1)) }
        return shortest == 0
            ? image.fitted(
                longest: scaled(max(image.height, image.width)), shortest: scaled(min(image.height, image.width)))
            : image.fitted(longest: scaled(resize.maxSize), shortest: scaled(shortest))
    }

    private func aligned(_ size: ImageSize) -> ImageSize {
        if alignment < 2 { return size }
        func aligned(_ side: Int) -> Int { (side + alignment - 1) / alignment * alignment }
        return ImageSize(height: aligned(size.height), width: aligned(size.width))
    }
}
