package import Annotations
import Images

/// A colour picture of 8 bits a channel.
public struct Picture: Sendable, Equatable {
    package let image: Image<UInt8>

    package init(_ image: Image<UInt8>) { self.image = image }

    /// A picture of `rgb`: row by row, red, green and blue of each pixel side by side. Throws `SegmentationError` where
    /// these are not 3 · width · height values.
    public init(width: Int, height: Int, rgb: [UInt8]) throws {
        image = try Image(named: "picture", width: width, height: height, channels: 3, values: rgb)
    }

    /// Reads a PNG or JPEG file, upright as its metadata says. Throws `SegmentationError`.
    public init(contentsOf path: String) throws {
        image = try SegmentationError.translating { try ImageFile.readRGB(path) }
    }

    /// Columns of pixels.
    public var width: Int { image.width }
    /// Rows of pixels.
    public var height: Int { image.height }
    /// Red, green and blue of the pixels, row by row.
    public var rgb: [UInt8] { image.values }

    /// Writes a PNG file, whole or not at all. Throws `SegmentationError`.
    public func write(to path: String) throws {
        try SegmentationError.translating { try ImageFile.writePNG(image, to: path) }
    }
}

extension Image {
    /// Throws `SegmentationError` where `values` are not as many as the rest says.
    init(named name: String, width: Int, height: Int, channels: Int, values: [Sample]) throws(SegmentationError) {
        guard width > 0, height > 0, values.count == width * height * channels else {
            throw SegmentationError(
                place: name, what: "its values do not fill it",
                expected: "\(channels) values for each of \(width) × \(height) pixels, one at least",
                got: "\(values.count)", advice: "give the values row by row")
        }
        self.init(size: ImageSize(height: height, width: width), channels: channels, values: values)
    }
}
