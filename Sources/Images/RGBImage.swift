/// An 8-bit colour image.
package struct RGBImage: Sendable, Equatable {
    /// Pixels in a row.
    package private(set) var width: Int
    /// Rows.
    package private(set) var height: Int
    /// Row-major, red green blue for each pixel: `height * width * 3` bytes.
    package var pixels: [UInt8] {
        didSet {
            precondition(
                pixels.count == width * height * 3, "RGBImage: \(pixels.count) bytes, \(width)x\(height)")
        }
    }

    /// `pixels` are row-major, `height * width * 3` bytes.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3,
            "RGBImage: \(pixels.count) bytes for \(width)x\(height)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// An image of one colour.
    package init(width: Int, height: Int, fill: RGBColor) {
        var pixels = [UInt8](repeating: fill.red, count: width * height * 3)
        if fill != RGBColor(grey: fill.red) {
            for pixel in stride(from: 0, to: pixels.count, by: 3) {
                pixels[pixel + 1] = fill.green
                pixels[pixel + 2] = fill.blue
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The part inside `region`, which must lie inside the image.
    package func cropped(to region: PixelRegion) -> RGBImage {
        if region == PixelRegion(columns: 0..<width, rows: 0..<height) { return self }
        precondition(region.fits(width: width, height: height), "crop: \(region) of \(width)x\(height)")
        let rows = cropRows(
            pixels, rowLength: width * 3, first: region.x * 3, length: region.width * 3,
            rows: region.y..<region.y + region.height)
        return RGBImage(width: region.width, height: region.height, pixels: rows)
    }

    /// Left and right exchanged.
    package func flippedHorizontally() -> RGBImage {
        let layout = PixelLayout(oriented: .flippedHorizontally, width: width, height: height)
        return RGBImage(width: width, height: height, pixels: rearrangeTriples(pixels, layout))
    }

    /// Extended at the right and at the bottom to at least this size.
    package func padded(width newWidth: Int, height newHeight: Int, fill: RGBColor) -> RGBImage {
        let (newWidth, newHeight) = (max(width, newWidth), max(height, newHeight))
        if newWidth == width && newHeight == height { return self }
        var padded = RGBImage(width: newWidth, height: newHeight, fill: fill)
        pasteRows(pixels, rowLength: width * 3, into: &padded.pixels, rowLength: newWidth * 3)
        return padded
    }

    /// Turned the way a camera's orientation mark asks.
    func oriented(_ orientation: ExifOrientation) -> RGBImage {
        if orientation == .upright { return self }
        let layout = PixelLayout(oriented: orientation, width: width, height: height)
        return RGBImage(width: layout.width, height: layout.height, pixels: rearrangeTriples(pixels, layout))
    }
}
