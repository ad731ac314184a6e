import Annotations
import Tensors

/// How raw pixels become the network's input (maskformer_model.py): (x − mean) / std, then zeros on the
/// right and below.
package struct ImageNormalization: Sendable, Equatable {
    /// MODEL.PIXEL_MEAN, one for each channel of an image, in the order of the input's channels.
    package var mean: [Float] = [123.675, 116.28, 103.53]
    /// MODEL.PIXEL_STD.
    package var deviation: [Float] = [58.395, 57.12, 57.375]
    /// MASK_FORMER.SIZE_DIVISIBILITY: heights and widths are padded to its multiples.
    package var divisibility = 32
    /// INPUT.FORMAT BGR: the network wants blue first.
    package var reversesChannels = false

    /// The values of every PEM configuration.
    package init() {}

    /// Images of any sizes -> one batch [B, H, W, C], large enough for all of them.
    package func batch(_ images: [Image<UInt8>]) -> Tensor {
        // A byte has 256 values: each channel's normalised values are looked up.
        let table = mean.indices.flatMap { channel in (0..<256).map { normalized(Float($0), channel) } }
        return table.withUnsafeBufferPointer { table in
            filled(images) { table[$1 << 8 | Int($0)] }
        }
    }

    /// The same of 16-bit samples.
    package func batch(_ images: [Image<UInt16>]) -> Tensor {
        filled(images) { normalized(Float($0), $1) }
    }

    /// The same of real samples.
    package func batch(_ images: [Image<Float>]) -> Tensor {
        filled(images, normalized)
    }

    private func normalized(_ sample: Float, _ channel: Int) -> Float {
        (sample - mean[channel]) / deviation[channel]
    }

    /// `value` gives the input's value of a sample and its channel.
    @inline(__always)
    private func filled<Sample>(_ images: [Image<Sample>], _ value: (Sample, Int) -> Float) -> Tensor {
        func padded(_ length: Int) -> Int {
            divisibility > 1 ? (length + divisibility - 1) / divisibility * divisibility : length
        }
        let height = padded(images.map(\.height).max() ?? 0)
        let width = padded(images.map(\.width).max() ?? 0)
        let channels = mean.count
        let batch = Tensor(zeros: [images.count, height, width, channels])
        for (index, image) in images.enumerated() {
            precondition(image.channels == channels, "image of \(image.channels) channels, not \(channels)")
            let target = batch.data + index * height * width * channels
            image.values.withUnsafeBufferPointer { source in
                parallelRows(image.height, grain: 32) { rows in
                    for y in rows {
                        for x in 0..<image.width {
                            for channel in 0..<channels {
                                let from = reversesChannels ? channels - 1 - channel : channel
                                let sample = source[(y * image.width + x) * channels + from]
                                target[(y * width + x) * channels + channel] = value(sample, channel)
                            }
                        }
                    }
                }
            }
        }
        return batch
    }
}
