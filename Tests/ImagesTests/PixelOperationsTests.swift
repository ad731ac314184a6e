import Annotations
import Images
import Testing

@Suite struct PixelOperationsTests {
    private let labels = LabelImage(size: ImageSize(height: 2, width: 3), values: [1, 2, 3, 4, 5, 6])
    private let image = Image<UInt8>(size: ImageSize(height: 2, width: 3), channels: 3, values: (0..<18).map { $0 })

    @Test func crop() {
        let region = PixelRegion(x: 1, y: 0, width: 2, height: 2)
        #expect(labels.cropped(to: region).values == [2, 3, 5, 6])
        #expect(image.cropped(to: region).values == [3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17])
    }

    @Test func flip() {
        #expect(labels.flippedHorizontally().values == [3, 2, 1, 6, 5, 4])
        #expect(image.flippedHorizontally().values.prefix(9) == [6, 7, 8, 3, 4, 5, 0, 1, 2])
        #expect(image.flippedHorizontally().flippedHorizontally() == image)
    }

    @Test func pad() {
        let padded = labels.padded(to: ImageSize(height: 3, width: 4), fill: [255])
        #expect(padded.size == ImageSize(height: 3, width: 4))
        #expect(padded.values == [1, 2, 3, 255, 4, 5, 6, 255, 255, 255, 255, 255])
        let wide = image.padded(to: ImageSize(height: 1, width: 4), fill: [9, 8, 7])
        #expect(wide.size == ImageSize(height: 2, width: 4))
        #expect(wide.values.prefix(12) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7])
        #expect(image.padded(to: ImageSize(height: 2, width: 2), fill: [0, 0, 0]) == image)
    }

    /// What is done to an image of any number of channels is done to each of them.
    @Test(arguments: [1, 2, 3, 4])
    func channelsAreTreatedAlike(channels: Int) throws {
        let size = ImageSize(height: 9, width: 13)
        let image = Image<UInt8>(
            size: size, channels: channels, values: (0..<size.area * channels).map { UInt8($0 * 7919 >> 3 & 255) })
        func plane(_ image: Image<UInt8>, _ channel: Int) -> Image<UInt8> {
            let pixels = stride(from: channel, to: image.values.count, by: image.channels)
            return Image(size: image.size, values: pixels.map { image.values[$0] })
        }
        let steps: [(Image<UInt8>) -> Image<UInt8>] = [
            { $0.resized(to: ImageSize(height: 14, width: 5)) }, { $0.resized(to: ImageSize(height: 4, width: 21)) },
            { $0.cropped(to: PixelRegion(x: 2, y: 1, width: 7, height: 6)) }, { $0.flippedHorizontally() },
            { $0.flippedVertically() },
            { $0.padded(to: ImageSize(height: 11, width: 15), fill: [UInt8](repeating: 5, count: $0.channels)) },
        ]
        for (index, step) in steps.enumerated() {
            let result = step(image)
            #expect(result.channels == channels)
            for channel in 0..<channels {
                #expect(plane(result, channel) == step(plane(image, channel)), "step \(index), channel \(channel)")
            }
        }
    }

    @Test func realSamplesMoveAsBytesDo() {
        let real = Image<Float>(size: image.size, channels: 3, values: image.values.map { Float($0) })
        let region = PixelRegion(x: 1, y: 0, width: 2, height: 2)
        #expect(real.flippedHorizontally().values == image.flippedHorizontally().values.map { Float($0) })
        #expect(real.cropped(to: region).values == image.cropped(to: region).values.map { Float($0) })
        #expect(
            real.padded(to: ImageSize(height: 4, width: 5), fill: [1, 2, 3]).values
                == image.padded(to: ImageSize(height: 4, width: 5), fill: [1, 2, 3]).values.map { Float($0) })
    }

    @Test func overlayBlendsHalfAndLeavesIgnoredPixels() {
        let ground = Image<UInt8>(size: ImageSize(height: 1, width: 3), fill: [100, 100, 100])
        let map = LabelImage(size: ImageSize(height: 1, width: 3), values: [0, 1, 255])
        let renderer = OverlayRenderer(
            colors: [RGBColor(200, 0, 50), RGBColor(0, 0, 0)], drawsBorders: false)
        #expect(renderer.render(ground, labels: map).values == [150, 50, 75, 50, 50, 50, 100, 100, 100])
    }

    @Test func overlayOutlinesSegments() {
        let ground = Image<UInt8>(size: ImageSize(height: 2, width: 4), fill: [255, 255, 255])
        let map = LabelImage(size: ImageSize(height: 2, width: 4), values: [0, 0, 1, 1, 0, 0, 1, 1])
        let black = RGBColor(grey: 0)
        let pixels = OverlayRenderer(colors: [black, black], opacity: 1).render(ground, labels: map).values
        let reds = stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
        #expect(reds == [0, 255, 0, 0, 0, 255, 0, 0])
        let bright = OverlayRenderer(colors: []).render(ground, labels: map).values
        #expect(bright[3] == 24 && bright[0] == 255)

        // Things of one class are told apart.
        let apart = OverlayRenderer(colors: []).render(ground, labels: map, segments: [5, 6, 7, 7, 5, 6, 7, 7])
        #expect(stride(from: 0, to: 12, by: 3).map { apart.values[$0] } == [24, 24, 255, 255])
    }
}
