import Annotations
import Images

/// Large-scale jitter (Mask2Former's coco_*_new_baseline_dataset_mapper.py): an image is mirrored, resized so
/// that it fits into a square of a random size, and cut or padded to a square of a fixed one.
package struct LargeScaleJitter: Sendable, Equatable {
    /// INPUT.IMAGE_SIZE: rows and columns of the result.
    package let imageSize: Int
    /// INPUT.MIN_SCALE and MAX_SCALE, factors of that square's side.
    package let scales: ClosedRange<Double>
    /// INPUT.RANDOM_FLIP.
    package let randomFlip: Flip

    /// A side in pixels, and factors of it.
    package init(imageSize: Int, scales: ClosedRange<Double>, randomFlip: Flip = .horizontal) {
        precondition(
            imageSize > 0 && scales.lowerBound > 0, "LargeScaleJitter: image size \(imageSize), scales \(scales)")
        self.imageSize = imageSize
        self.scales = scales
        self.randomFlip = randomFlip
    }

    /// The size of an image of the size `image` at one scale (detectron2's ResizeScale): both sides rounded to even
    /// where they lie between, as numpy does.
    package func size(of image: ImageSize, scale: Double) -> ImageSize {
        let target = Double(imageSize) * scale
        let factor = min(target / Double(image.height), target / Double(image.width))
        func rounded(_ length: Int) -> Int {
            max(1, Int((Double(length) * factor).rounded(.toNearestOrEven)))
        }
        return ImageSize(height: rounded(image.height), width: rounded(image.width))
    }

    /// The window in a resized image of the size `image` (detectron2's FixedSizeCrop), which reaches beyond a smaller
    /// image; `share` in [0, 1) says where it begins on both axes.
    package func window(in image: ImageSize, share: Double) -> PixelRegion {
        func start(_ length: Int) -> Int {
            Int((Double(max(0, length - imageSize)) * share).rounded(.toNearestOrEven))
        }
        return PixelRegion(
            x: start(image.width), y: start(image.height), width: imageSize, height: imageSize)
    }
}
