/// One class number (or instance number, or ignore label) per pixel.
package struct LabelImage: Sendable, Equatable {
    /// Pixels in a row.
    package private(set) var width: Int
    /// Rows.
    package private(set) var height: Int
    /// Row-major: `height * width` numbers.
    package var values: [UInt16] {
        didSet {
            precondition(
                values.count == width * height, "LabelImage: \(values.count) values, \(width)x\(height)")
        }
    }

    /// `values` are row-major, `height * width` of them.
    package init(width: Int, height: Int, values: [UInt16]) {
        precondition(
            width > 0 && height > 0 && values.count == width * height,
            "LabelImage: \(values.count) values for \(width)x\(height)")
        self.width = width
        self.height = height
        self.values = values
    }

    /// A label map of one number.
    package init(width: Int, height: Int, fill: UInt16) {
        self.init(width: width, height: height, values: [UInt16](repeating: fill, count: width * height))
    }

    /// The part inside `region`, which must lie inside the image.
    package func cropped(to region: PixelRegion) -> LabelImage {
        if region == PixelRegion(columns: 0..<width, rows: 0..<height) { return self }
        precondition(region.fits(width: width, height: height), "crop: \(region) of \(width)x\(height)")
        let rows = cropRows(
            values, rowLength: width, first: region.x, length: region.width,
            rows: region.y..<region.y + region.height)
        return LabelImage(width: region.width, height: region.height, values: rows)
    }

    /// Left and right exchanged.
    package func flippedHorizontally() -> LabelImage {
        oriented(.flippedHorizontally)
    }

    /// Extended at the right and at the bottom to at least this size.
    package func padded(width newWidth: Int, height newHeight: Int, fill: UInt16) -> LabelImage {
        let (newWidth, newHeight) = (max(width, newWidth), max(height, newHeight))
        if newWidth == width && newHeight == height { return self }
        var padded = LabelImage(width: newWidth, height: newHeight, fill: fill)
        pasteRows(values, rowLength: width, into: &padded.values, rowLength: newWidth)
        return padded
    }

    /// Turned the way a camera's orientation mark asks.
    func oriented(_ orientation: ExifOrientation) -> LabelImage {
        if orientation == .upright { return self }
        let layout = PixelLayout(oriented: orientation, width: width, height: height)
        return LabelImage(width: layout.width, height: layout.height, values: rearrange(values, layout))
    }
}
