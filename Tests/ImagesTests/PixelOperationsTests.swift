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
            colors: [RGBColor(255, 0, 50), RGBColor(0, 0, 0)], drawsBorders: false)
        // Black is painted as a dark grey: it would look like a shadow.
        #expect(renderer.render(ground, labels: map).values == [178, 50, 75, 89, 89, 89, 100, 100, 100])
    }

    /// Rows of 100 pixels for each number of a line.
    private func tall(_ line: [UInt16]) -> LabelImage {
        LabelImage(
            size: ImageSize(height: 100, width: line.count),
            values: (0..<100 * line.count).map { line[$0 % line.count] })
    }

    @Test func overlayOutlinesSegments() {
        let map = tall([0, 0, 1, 1])
        let ground = Image<UInt8>(size: map.size, fill: [255, 255, 255])
        let grey = RGBColor(grey: 100)
        let pixels = OverlayRenderer(colors: [grey, grey], opacity: 1).render(ground, labels: map).values
        let reds = stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
        #expect(reds.prefix(8) == [100, 255, 100, 100, 100, 255, 100, 100])
        let bright = OverlayRenderer(colors: []).render(ground, labels: map).values
        #expect(bright[3] == 24 && bright[0] == 255)

        // Things of one class are told apart.
        let segments = tall([5, 6, 7, 7]).values.map(Int32.init)
        let apart = OverlayRenderer(colors: []).render(ground, labels: map, segments: segments)
        #expect(stride(from: 0, to: 12, by: 3).map { apart.values[$0] } == [24, 24, 255, 255])
    }

    /// A region of 100 pixels has an outline, one of 99 has none, even where its class has more of them.
    @Test(arguments: [(10, 10, true), (9, 11, false)])
    func specksHaveNoOutline(height: Int, width: Int, isOutlined: Bool) {
        let size = ImageSize(height: 60, width: 90)
        var map = LabelImage(size: size, fill: [0])
        for (top, left) in [(5, 5), (5, 40), (30, 5), (30, 40)] {
            for y in top..<top + height { for x in left..<left + width { map.values[y * size.width + x] = 1 } }
        }
        let ground = Image<UInt8>(size: size, fill: [255, 255, 255])
        let drawn = OverlayRenderer(colors: []).render(ground, labels: map)
        #expect((drawn != ground) == isOutlined)
    }

    @Test func regionsMeetOverEdges() {
        // A ring and what is in it, a corner that does not connect, and an arm that joins two columns late.
        let rows: [[Int32]] = [
            [1, 1, 1, 2], [1, 2, 1, 1], [1, 1, 1, 2], [3, 2, 3, 2], [3, 3, 3, 2],
        ]
        let areas = RegionAreas(rows.flatMap(\.self), width: 4)
        let expected = [[9, 9, 9, 1], [9, 1, 9, 9], [9, 9, 9, 3], [5, 1, 5, 3], [5, 5, 5, 3]]
        #expect((0..<20).map { areas[$0] } == expected.flatMap(\.self))
    }

    /// The end of a row and the start of the next do not meet.
    @Test func regionsEndAtTheSides() {
        let areas = RegionAreas([1, 1, 2, 2, 3, 3, 3, 4, 4], width: 3)
        #expect((0..<9).map { areas[$0] } == [2, 2, 1, 1, 2, 2, 1, 2, 2])
    }

    @Test func darkColoursBecomeVisibleAndStayApart() {
        let dark = [
            RGBColor(0, 0, 0), RGBColor(10, 10, 10), RGBColor(0, 0, 70), RGBColor(0, 0, 142), RGBColor(0, 60, 100),
        ]
        let painted = OverlayRenderer(colors: dark + [RGBColor(200, 150, 0)]).colors
        #expect(painted.allSatisfy { $0.luma > 70 } && Set(painted).count == 6)
        #expect(painted[5] == RGBColor(200, 150, 0))
    }

    @Test func defaultColoursDiffer() {
        let taken = [RGBColor(250, 37, 37), RGBColor(grey: 128)]
        let colors = RGBColor.distinct(40, from: taken)
        for (index, color) in colors.enumerated() {
            for other in taken + colors[..<index] {
                let gap = zip(color.levels, other.levels).map { abs($0 - $1) }.max() ?? 0
                #expect(gap >= 48, "\(color) \(other)")
            }
            #expect(color.luma > 40)
        }
        #expect(Set(RGBColor.distinct(1000)).count == 1000)
    }
}
