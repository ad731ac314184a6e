import Images
import Testing

@Suite struct PixelOperationsTests {
    private let labels = LabelImage(width: 3, height: 2, values: [1, 2, 3, 4, 5, 6])
    private let image = RGBImage(width: 3, height: 2, pixels: (0..<18).map { $0 })

    @Test func crop() {
        let region = PixelRegion(x: 1, y: 0, width: 2, height: 2)
        #expect(labels.cropped(to: region).values == [2, 3, 5, 6])
        #expect(image.cropped(to: region).pixels == [3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17])
    }

    @Test func flip() {
        #expect(labels.flippedHorizontally().values == [3, 2, 1, 6, 5, 4])
        #expect(image.flippedHorizontally().pixels.prefix(9) == [6, 7, 8, 3, 4, 5, 0, 1, 2])
        #expect(image.flippedHorizontally().flippedHorizontally() == image)
    }

    @Test func pad() {
        let padded = labels.padded(width: 4, height: 3, fill: 255)
        #expect((padded.width, padded.height) == (4, 3))
        #expect(padded.values == [1, 2, 3, 255, 4, 5, 6, 255, 255, 255, 255, 255])
        let wide = image.padded(width: 4, height: 1, fill: RGBColor(9, 8, 7))
        #expect((wide.width, wide.height) == (4, 2))
        #expect(wide.pixels.prefix(12) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7])
        #expect(image.padded(width: 2, height: 2, fill: RGBColor(grey: 0)) == image)
    }

    @Test func overlayBlendsHalfAndLeavesIgnoredPixels() {
        let ground = RGBImage(width: 3, height: 1, fill: RGBColor(100, 100, 100))
        let map = LabelImage(width: 3, height: 1, values: [0, 1, 255])
        let renderer = OverlayRenderer(
            colors: [RGBColor(200, 0, 50), RGBColor(0, 0, 0)], drawsBorders: false)
        #expect(renderer.render(ground, labels: map).pixels == [150, 50, 75, 50, 50, 50, 100, 100, 100])
    }

    @Test func overlayOutlinesSegments() {
        let ground = RGBImage(width: 4, height: 2, fill: RGBColor(grey: 255))
        let map = LabelImage(width: 4, height: 2, values: [0, 0, 1, 1, 0, 0, 1, 1])
        let black = RGBColor(grey: 0)
        let pixels = OverlayRenderer(colors: [black, black], opacity: 1).render(ground, labels: map).pixels
        let reds = stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
        #expect(reds == [0, 255, 0, 0, 0, 255, 0, 0])
        let bright = OverlayRenderer(colors: []).render(ground, labels: map).pixels
        #expect(bright[3] == 24 && bright[0] == 255)

        // Things of one class are told apart.
        let apart = OverlayRenderer(colors: []).render(ground, labels: map, segments: [5, 6, 7, 7, 5, 6, 7, 7])
        #expect(stride(from: 0, to: 12, by: 3).map { apart.pixels[$0] } == [24, 24, 255, 255])
    }
}
