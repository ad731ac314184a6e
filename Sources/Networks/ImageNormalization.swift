import Annotations
import Tensors

/// The pixels of one image, as data sets and commands have them.
package struct ImagePixels: Sendable {
    /// Rows.
    package let height: Int
    /// Columns.
    package let width: Int
    /// RGB, row by row.
    package let values: [UInt8]

    /// An image of `height` × `width` × 3 bytes.
    package init(height: Int, width: Int, values: [UInt8]) {
        precondition(
            values.count == height * width * 3, "image: \(values.count) bytes for \(height)×\(width)")
        self.height = height
        self.width = width
        self.values = values
    }
}

/// How raw pixels become the network's input (maskformer_model.py): (x − mean) / std, then zeros on the
/// right and below.
package struct ImageNormalization: Sendable, Equatable {
    /// MODEL.PIXEL_MEAN, in the order of the input's channels.
    package var mean: [Float] = [123.675, 116.28, 103.53]
    /// MODEL.PIXEL_STD.
    package var deviation: [Float] = [58.395, 57.12, 57.375]
    /// MASK_FORMER.SIZE_DIVISIBILITY: heights and widths are padded to its multiples.
    package var divisibility = 32
    /// INPUT.FORMAT BGR: the network wants blue first.
    package var reversesChannels = false

    /// The values of every PEM configuration.
    package init() {}

    /// The size of the input for an image, or images up to this size.
    package func padded(_ size: ImageSize) -> ImageSize {
        func padded(_ length: Int) -> Int {
            divisibility > 1 ? (length + divisibility - 1) / divisibility * divisibility : length
        }
        return ImageSize(height: padded(size.height), width: padded(size.width))
    }

    /// Images of any sizes -> one batch [B, H, W, 3], large enough for all of them.
    package func batch(_ images: [ImagePixels]) -> Tensor {
        let size = padded(
            ImageSize(height: images.map(\.height).max() ?? 0, width: images.map(\.width).max() ?? 0))
        let (height, width) = (size.height, size.width)
        let batch = Tensor(zeros: [images.count, height, width, 3])
        // A byte has 256 values: each channel's normalised values are looked up.
        let tables = (0..<3).map { channel in
            (0..<256).map { (Float($0) - mean[channel]) / deviation[channel] }
        }
        for (index, image) in images.enumerated() {
            let target = batch.data + index * height * width * 3
            image.values.withUnsafeBufferPointer { source in
                parallelRows(image.height, grain: 32) { rows in
                    for y in rows {
                        for x in 0..<image.width {
                            for channel in 0..<3 {
                                let from = reversesChannels ? 2 - channel : channel
                                let byte = source[(y * image.width + x) * 3 + from]
                                target[(y * width + x) * 3 + channel] = tables[channel][Int(byte)]
                            }
                        }
                    }
                }
            }
        }
        return batch
    }
}
