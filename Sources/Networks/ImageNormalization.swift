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
    /// Heights and widths below it are padded to it.
    package var minimumSide = 1
    /// INPUT.FORMAT BGR: the network wants blue first.
    package var reversesChannels = false

    /// The values of every PEM configuration.
    package init() {}

    /// The size of the input for an image, or images up to this size.
    package func padded(_ size: ImageSize) -> ImageSize {
        func padded(_ side: Int) -> Int {
            let length = max(side, minimumSide)
            return divisibility > 1 ? (length + divisibility - 1) / divisibility * divisibility : length
        }
        return ImageSize(height: padded(size.height), width: padded(size.width))
    }

    /// Images of any sizes -> one batch [B, H, W, C], large enough for all of them and for `least`.
    package func batch(_ images: [Image<UInt8>], atLeast least: ImageSize = ImageSize(height: 0, width: 0)) -> Tensor {
        normalized(images, atLeast: least)
    }

    /// The same of 16-bit samples.
    package func batch(_ images: [Image<UInt16>]) -> Tensor { normalized(images) }

    /// The same of real samples.
    package func batch(_ images: [Image<Float>]) -> Tensor { normalized(images) }

    private func normalized<Sample: RealSample>(
        _ images: [Image<Sample>], atLeast least: ImageSize = ImageSize(height: 0, width: 0)
    ) -> Tensor {
        let size = padded(
            ImageSize(
                height: images.reduce(least.height) { max($0, $1.height) },
                width: images.reduce(least.width) { max($0, $1.width) }))
        let (height, width) = (size.height, size.width)
        let channels = mean.count
        let batch = Tensor(uninitialized: [images.count, height, width, channels])
        // As long as a row, so that a row is normalised in one loop without looking at its channels.
        let (means, deviations) = (repeated(mean, width), repeated(deviation, width))
        for (index, image) in images.enumerated() {
            precondition(image.channels == channels, "image of \(image.channels) channels, not \(channels)")
            let (count, length) = (image.width * channels, width * channels)
            image.values.withUnsafeBufferPointer { source in
                parallelRows(height, grain: 32) { rows in
                    for y in rows {
                        let target = batch.data + (index * height + y) * length
                        let filled = y < image.height ? count : 0
                        (target + filled).update(repeating: 0, count: length - filled)
                        guard filled > 0 else { continue }
                        let line = UnsafeBufferPointer(rebasing: source[y * count..<(y + 1) * count])
                        normalize(line, means, deviations, reversing: reversesChannels ? channels : 1, target)
                    }
                }
            }
        }
        return batch
    }
}

/// target = (line − means) / deviations, each group of `size` samples in the opposite order.
private func normalize<Sample: RealSample>(
    _ line: UnsafeBufferPointer<Sample>, _ means: [Float], _ deviations: [Float], reversing size: Int,
    _ target: UnsafeMutablePointer<Float>
) {
    means.withUnsafeBufferPointer { means in
        deviations.withUnsafeBufferPointer { deviations in
            if size == 1 {
                for index in 0..<line.count { target[index] = (line[index].real - means[index]) / deviations[index] }
                return
            }
            for start in stride(from: 0, to: line.count, by: size) {
                for channel in 0..<size {
                    let sample = line[start + size - 1 - channel].real
                    target[start + channel] = (sample - means[channel]) / deviations[channel]
                }
            }
        }
    }
}

private func repeated(_ values: [Float], _ count: Int) -> [Float] { (0..<count).flatMap { _ in values } }

private protocol RealSample: Sendable, Equatable {
    var real: Float { get }
}

extension UInt8: RealSample { fileprivate var real: Float { Float(self) } }
extension UInt16: RealSample { fileprivate var real: Float { Float(self) } }
extension Float: RealSample { fileprivate var real: Float { self } }
