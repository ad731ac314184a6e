/// Samples on a grid of pixels: a picture, a map of labels, or what another sensor measured. Samples are `UInt8`,
/// `UInt16` or `Float`.
package struct Image<Sample: Sendable & Equatable>: Sendable, Equatable {
    /// Rows and columns.
    package let size: ImageSize
    /// Samples of a pixel: 3 of an RGB picture, 1 of a map of labels.
    package let channels: Int
    /// [H * W * channels], row by row, the channels of a pixel side by side.
    package var values: [Sample] {
        didSet { precondition(values.count == size.area * channels, "Image: \(values.count) values for \(size)") }
    }

    /// `values` are as many as `size` and `channels` say.
    package init(size: ImageSize, channels: Int = 1, values: [Sample]) {
        precondition(
            size.height > 0 && size.width > 0 && channels > 0 && values.count == size.area * channels,
            "Image: \(values.count) values for \(size) pixels of \(channels) channels")
        self.size = size
        self.channels = channels
        self.values = values
    }

    /// Rows.
    package var height: Int { size.height }
    /// Columns.
    package var width: Int { size.width }
}

/// A number for each pixel, in one channel: its class, its object, or the ignore label.
package typealias LabelImage = Image<UInt16>
