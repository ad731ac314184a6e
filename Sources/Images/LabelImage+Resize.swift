extension LabelImage {
    /// Which pixel is the nearest, by the library that the official pipeline resizes with.
    package enum NearestRule: Sendable, Equatable {
        /// The upper left corner's: `torch.nn.functional.interpolate(mode="nearest")`.
        case torch
        /// The centre's: `PIL.Image.resize(NEAREST)`.
        case pillow
    }

    /// Nearest-neighbour resize as the official training pipeline does it; with a `region`, only that part
    /// of the resized map.
    ///
    /// PARITY: `torch` for class numbers: detectron2's `ResizeTransform.apply_segmentation` gets a double array
    /// from the semantic mapper, so it goes through `torch.nn.functional.interpolate(mode="nearest")`, not Pillow: no
    /// half-pixel offset, and the source index is floor(Float(output * (source / target))), product in
    /// Double, then rounded to Float (torch's general kernel for doubles; for at most 128 output pixels it
    /// picks another, all in Float, ignored here). `pillow` for panoptic pictures, which are 8-bit RGB there:
    /// the source index is the whole part of scale / 2 + scale + scale + …, summed up pixel by pixel in Double
    /// (Pillow, Geometry.c, ImagingScaleAffine).
    package func resizedNearest(
        width newWidth: Int, height newHeight: Int, region: PixelRegion? = nil, rule: NearestRule = .torch
    ) -> LabelImage {
        precondition(newWidth > 0 && newHeight > 0, "resize: to \(newWidth)x\(newHeight)")
        let region = region ?? PixelRegion(x: 0, y: 0, width: newWidth, height: newHeight)
        precondition(
            region.fits(width: newWidth, height: newHeight), "resize: \(region) of \(newWidth)x\(newHeight)")
        let columns = Self.sources(region.x..<region.x + region.width, width, newWidth, rule)
        let rows = Self.sources(region.y..<region.y + region.height, height, newHeight, rule)
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
        return LabelImage(width: region.width, height: region.height, values: resized)
    }

    /// The source pixels of some output pixels along one side.
    private static func sources(
        _ outputs: Range<Int>, _ sourceSize: Int, _ targetSize: Int, _ rule: NearestRule
    ) -> [Int] {
        let scale = Double(sourceSize) / Double(targetSize)
        switch rule {
        case .torch:
            return outputs.map { min(Int(Float(Double($0) * scale)), sourceSize - 1) }
        case .pillow:
            var place = scale / 2
            for _ in 0..<outputs.lowerBound { place += scale }
            return outputs.map { _ in
                defer { place += scale }
                return min(Int(place), sourceSize - 1)
            }
        }
    }
}
