import Annotations
import Datasets
import Foundation
import Inference
import Layers
import Networks
import Tensors
import Testing

/// TEST.AUG.RATIOS and TEST.SLIDE by mmsegmentation's rules, step by step on a network's own logits.
@Suite struct RatioViewsTests {
    private static let size = ImageSize(height: 40, width: 60)
    /// Stripes of red, green, blue and grey, each lighter to the right.
    private let picture = Image<UInt8>(
        size: size, channels: 3,
        values: (0..<3 * size.area).map { index in
            let (column, stripe) = (index / 3 % size.width, index / 3 / size.width / 10)
            return stripe == 3 || stripe == index % 3 ? UInt8(4 * column) : 30
        })
    private let mapper = EvaluationMapper(minSize: 40, maxSize: 200, resampling: .openCV, alignment: 32)

    private var network: TinyPixelNetwork {
        var tiny = TinyPixels()
        tiny.classCount = 4
        let network = TinyPixelNetwork(tiny, seed: 3)
        // Each class looks at two of the eight channels; the mean of probabilities is not that of logits.
        for parameter in network.store.trainable where parameter.name.hasPrefix("classifier") {
            parameter.load(
                officialValues: parameter.officialValues.indices.map { index in
                    parameter.name.hasSuffix("weight") && index % 8 / 2 == index / 8 ? 60 : 0
                })
        }
        return network
    }

    /// Logits [K, H, W] of a picture at `output`.
    private func logits(_ network: TinyPixelNetwork, _ image: Image<UInt8>, _ output: ImageSize) throws -> [Double] {
        let batch = network.input.batch([image])
        let request = InferenceRequest(
            input: ImageSize(height: batch.shape[1], width: batch.shape[2]), image: image.size, output: output,
            resizesMasksBeforeMixing: false)
        let result = network(batch, .evaluation).semanticSegmentation(image: 0, request, wantsScores: true)
        return try #require(result.scores).array.map(Double.init)
    }

    private func softmax(_ logits: [Double], pixels: Int) -> [Double] {
        var result = logits.map { exp($0) }
        for pixel in 0..<pixels {
            let places = stride(from: pixel, to: result.count, by: pixels)
            let sum = places.reduce(0) { $0 + result[$1] }
            for place in places { result[place] /= sum }
        }
        return result
    }

    /// Logits of windows of 32×48 every 24×40, added, divided by their number, and then resized to the original.
    private func slid(_ network: TinyPixelNetwork, _ image: Image<UInt8>) throws -> [Double] {
        func starts(_ length: Int, _ window: Int, _ stride: Int) -> [Int] {
            let count = max(length - window + stride - 1, 0) / stride + 1
            return (0..<count).map { max(0, min($0 * stride, length - window)) }
        }
        let (height, width, classes) = (image.height, image.width, network.classCount)
        var (sums, counts) = ([Double](repeating: 0, count: image.size.area * classes), [Double]())
        counts = [Double](repeating: 0, count: image.size.area)
        for y in starts(height, 32, 24) {
            for x in starts(width, 48, 40) {
                let window = ImageSize(height: min(32, height), width: min(48, width))
                var cut: [UInt8] = []
                for row in y..<y + window.height {
                    cut += image.values[(row * width + x) * 3..<(row * width + x + window.width) * 3]
                }
                let values = try logits(network, Image(size: window, channels: 3, values: cut), window)
                for row in 0..<window.height {
                    for column in 0..<window.width {
                        let place = (y + row) * width + x + column
                        counts[place] += 1
                        for kind in 0..<classes {
                            sums[place * classes + kind] += values[kind * window.area + row * window.width + column]
                        }
                    }
                }
            }
        }
        let map = Tensor(sums.indices.map { Float(sums[$0] / counts[$0 / classes]) }, shape: [height, width, classes])
        let result = PixelScores(scores: map, output: Self.size).labels(wantsScores: true)
        return try #require(result.scores).array.map(Double.init)
    }

    @Test(arguments: [false, true]) func probabilitiesOfViewsAreAveraged(slides: Bool) throws {
        let (network, pixels) = (self.network, Self.size.area)
        var configuration = InferenceConfiguration()
        configuration.augmentation.isEnabled = true
        configuration.augmentation.ratios = [0.75, 1, 1.75]
        configuration.slide.isEnabled = slides
        (configuration.slide.window, configuration.slide.stride) = ([32, 48], [24, 40])
        let inference = NetworkInference(network, configuration, mapper, augments: true)
        #expect(inference.mapper.resized(picture) == picture, "views are made of the original")

        var expected = [Double](repeating: 0, count: network.classCount * pixels)
        for ratio in configuration.augmentation.ratios {
            let view = mapper.resized(picture, ratio: ratio)
            for isMirrored in [false, true] {
                let image = isMirrored ? view.flippedHorizontally() : view
                let values = softmax(
                    try slides ? slid(network, image) : logits(network, image, Self.size), pixels: pixels)
                for index in values.indices {
                    let column = index % Self.size.width
                    expected[index] +=
                        values[isMirrored ? index - column + Self.size.width - 1 - column : index] / 6
                }
            }
        }
        let labels = try #require(
            inference(inference.mapper.resized(picture), size: Self.size, .semantic, isThing: []).labels)
        let wrong = (0..<pixels).filter { pixel in
            let scores = (0..<network.classCount).map { expected[$0 * pixels + pixel] }
            return scores[Int(labels.values[pixel])] < (scores.max() ?? 1) - 1e-5
        }
        #expect(wrong.isEmpty)
        #expect(Set(labels.values).count > 1)
    }

    @Test func withoutAugmentationPicturesComeResized() {
        var configuration = InferenceConfiguration()
        configuration.augmentation.ratios = [0.5]
        #expect(NetworkInference(network, configuration, mapper, augments: true).mapper == mapper)
        configuration.augmentation.isEnabled = true
        #expect(NetworkInference(network, configuration, mapper, augments: false).mapper == mapper)
    }
}
