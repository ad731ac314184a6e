extension LabelImage {
    /// Nearest-neighbour resize as the official training pipeline does it; with a `region`, only that part
    /// of the resized map.
    ///
    /// PARITY: detectron2's `ResizeTransform.apply_segmentation` gets a double array from the semantic
    /// mapper, so it goes through `torch.nn.functional.interpolate(mode="nearest")`, not Pillow: no
    /// half-pixel offset, and the source index is floor(Float(output * (source / target))), product in
    /// Double, then rounded to Float (torch's general kernel for doubles; for at most 128 output pixels it
    /// picks another, all in Float, ignored here).
    package func resizedNearest(width newWidth: Int, height newHeight: Int, region: PixelRegion? = nil)
        -> LabelImage
    {
        precondition(newWidth > 0 && newHeight > 0, "resize: to \(newWidth)x\(newHeight)")
        let region = region ?? PixelRegion(x: 0, y: 0, width: newWidth, height: newHeight)
        precondition(
            region.fits(width: newWidth, height: newHeight), "resize: \(region) of \(newWidth)x\(newHeight)")
        let columns = (region.x..<region.x + region.width).map { Self.source(of: $0, width, newWidth) }
        let resized = [UInt16](unsafeUninitializedCapacity: region.width * region.height) { target, count in
            values.withUnsafeBufferPointer { source in
                for row in 0..<region.height {
                    let line = Self.source(of: region.y + row, height, newHeight) * width
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

    private static func source(of output: Int, _ sourceSize: Int, _ targetSize: Int) -> Int {
        let scale = Double(sourceSize) / Double(targetSize)
        return min(Int(Float(Double(output) * scale)), sourceSize - 1)
    }
}
