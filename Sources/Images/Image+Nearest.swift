import Annotations

/// Which pixel is the nearest, by the library that the official pipeline resizes with.
package enum NearestRule: Sendable, Equatable {
    /// The upper left corner's: `torch.nn.functional.interpolate(mode="nearest")`.
    case torch
    /// The centre's: `PIL.Image.resize(NEAREST)`.
    case pillow
    /// The upper left corner's: `cv2.resize(interpolation=cv2.INTER_NEAREST)`.
    case openCV
}

extension LabelImage {
    /// Nearest-neighbour resize as the official training pipeline does it; with a `region`, only that part
    /// of the resized map.
    ///
    /// PARITY: `torch` for class numbers: detectron2's `ResizeTransform.apply_segmentation` gets a double array
    /// from the semantic mapper, so it goes through `torch.nn.functional.interpolate(mode="nearest")`, not Pillow: no
    /// half-pixel offset, and the source index is floor(Float(output * (source / target))), product in
    /// Double, then rounded to Float (torch's general kernel for doubles; for at most 128 output pixels it
    /// picks another, all in Float, ignored here). `pillow` for panoptic pictures, which are 8-bit RGB there:
    /// the source index is the whole part of scale / 2 + scale + scale + …, summed up pixel by pixel in Double
    /// (Pillow, Geometry.c, ImagingScaleAffine). `openCV` for what its scripts prepare: floor(output · (1 / (target /
    /// source))) in Double.
    package func resizedNearest(
        to target: ImageSize, region: PixelRegion? = nil, rule: NearestRule = .torch
    ) -> LabelImage {
        precondition(target.width > 0 && target.height > 0 && channels == 1, "resize: to \(target)")
        let region = region ?? PixelRegion(target)
        precondition(region.fits(target), "resize: \(region) of \(target)")
        let columns = Self.sources(region.columns, width, target.width, rule)
        let rows = Self.sources(region.rows, height, target.height, rule)
        let resized = [UInt16](unsafeUninitializedCapacity: region.width * region.height) { target, count in
            values.withUnsafeBufferPointer { source in
                for row in 0..<region.height {
                    let line = rows[row] * width
                    for column in 0..<region.width {
                        target.initializeElement(
                            at: row * region.width + column, to: source[line + columns[column]])
                    }
                }
            }
            count = region.width * region.height
        }
        return LabelImage(size: region.size, values: resized)
    }

    /// The source pixels of some output pixels along one side.
    private static func sources(
        _ outputs: Range<Int>, _ sourceSize: Int, _ targetSize: Int, _ rule: NearestRule
    ) -> [Int] {
        let scale = Double(sourceSize) / Double(targetSize)
        switch rule {
        case .torch:
            return outputs.map { min(Int(Float(Double($0) * scale)), sourceSize - 1) }
        case .openCV:
            let step = 1 / (Double(targetSize) / Double(sourceSize))
            return outputs.map { min(Int(Double($0) * step), sourceSize - 1) }
        case .pillow:
            var position = scale / 2
            for _ in 0..<outputs.lowerBound { position += scale }
            return outputs.map { _ in
                defer { position += scale }
                return min(Int(position), sourceSize - 1)
            }
        }
    }
}
