/// Large-scale jitter (Mask2Former's coco_*_new_baseline_dataset_mapper.py): an image is mirrored, resized so
/// that it fits into a square of a random size, and cut or padded to a square of a fixed one.
package struct LargeScaleJitter: Sendable, Equatable {
    /// INPUT.IMAGE_SIZE: rows and columns of the result.
    package let side: Int
    /// INPUT.MIN_SCALE and MAX_SCALE, of that square.
    package let scales: ClosedRange<Double>
    /// The axis that a coin mirrors.
    package let flip: SemanticMapper.Flip

    /// A side in pixels, and factors of it.
    package init(side: Int, scales: ClosedRange<Double>, flip: SemanticMapper.Flip = .horizontal) {
        precondition(side > 0 && scales.lowerBound > 0, "LargeScaleJitter: side \(side), scales \(scales)")
        self.side = side
        self.scales = scales
        self.flip = flip
    }

    /// Height and width for one scale (detectron2's ResizeScale): both rounded to even where they lie
    /// between, as numpy does.
    package func size(height: Int, width: Int, scale: Double) -> (height: Int, width: Int) {
        let target = Double(side) * scale
        let factor = min(target / Double(height), target / Double(width))
        func rounded(_ length: Int) -> Int {
            max(1, Int((Double(length) * factor).rounded(.toNearestOrEven)))
        }
        return (rounded(height), rounded(width))
    }

    /// Where the window begins in a resized image (detectron2's FixedSizeCrop); `share` in [0, 1) serves both
    /// axes.
    package func offset(height: Int, width: Int, share: Double) -> (y: Int, x: Int) {
        func place(_ length: Int) -> Int {
            Int((Double(max(0, length - side)) * share).rounded(.toNearestOrEven))
        }
        return (place(height), place(width))
    }
}
