package import Annotations
import Images

/// A number for each pixel: of its class, or of its segment.
public struct LabelMap: Sendable, Equatable {
    package let image: LabelImage

    package init(_ image: LabelImage) { self.image = image }

    /// A map of `values`, row by row. Throws `SegmentationError` where these are not width · height values.
    public init(width: Int, height: Int, values: [UInt16]) throws {
        image = try LabelImage(named: "label map", width: width, height: height, channels: 1, values: values)
    }

    /// Reads the grey levels of a PNG file of up to 16 bits, or the indices of its palette. Throws `SegmentationError`.
    public init(contentsOf path: String) throws {
        image = try SegmentationError.translating { try ImageFile.readLabels(path) }
    }

    /// Columns of pixels.
    public var width: Int { image.width }
    /// Rows of pixels.
    public var height: Int { image.height }
    /// The numbers, row by row.
    public var values: [UInt16] { image.values }

    /// The number of the pixel in column `x` and row `y`.
    public subscript(x x: Int, y y: Int) -> Int { Int(image.values[y * image.width + x]) }

    /// Writes a grey PNG file of 16 bits, whole or not at all. Throws `SegmentationError`.
    public func write(to path: String) throws {
        try SegmentationError.translating { try ImageFile.writePNG(labels: image, bits: 16, to: path) }
    }
}
