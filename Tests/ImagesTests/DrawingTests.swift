import Annotations
import Images
import Testing

/// Letters, panels, legends and segments on pictures.
@Suite struct DrawingTests {
    private static let ascii = (32..<127).map { String(UnicodeScalar($0)) }
    private let lettering = Lettering(capital: 20)
    private let white = RGBColor(grey: 255), black = RGBColor(grey: 0)

    /// A text alone on white.
    private func written(_ text: String, _ lettering: Lettering? = nil) -> Image<UInt8> {
        let lettering = lettering ?? self.lettering
        var canvas = Canvas(ImageSize(height: lettering.lineHeight, width: max(1, lettering.width(of: text))))
        canvas.write(text, x: 0, y: 0, lettering, black)
        return canvas.image
    }

    private func ink(_ image: Image<UInt8>) -> Int { image.values.count { $0 < 128 } }

    /// Every character of ASCII has its own look, within its line and its width.
    @Test func charactersDiffer() {
        let pictures = Self.ascii.dropFirst().map { written($0).values }
        #expect(Set(pictures).count == 94)
        for text in Self.ascii.dropFirst() {
            let wide = Canvas(ImageSize(height: 3 * lettering.lineHeight, width: lettering.width(of: text) + 40))
            var canvas = wide
            canvas.write(text, x: 20, y: lettering.lineHeight, lettering, black)
            let inside = canvas.image.cropped(
                to: PixelRegion(
                    x: 20, y: lettering.lineHeight, width: lettering.width(of: text), height: lettering.lineHeight))
            #expect(ink(canvas.image) == ink(inside) && ink(inside) > 0, "\(text)")
        }
    }

    /// The height of a capital is what was asked for, and a stroke is an eighth of it wide.
    @Test(arguments: [10.0, 20, 40]) func sizes(capital: Double) {
        let picture = written("I", Lettering(capital: capital))
        let rows = (0..<picture.height).filter { row in
            picture.values[3 * row * picture.width..<3 * (row + 1) * picture.width].contains { $0 < 128 }
        }
        #expect(abs(Double(rows.count) - 1.124 * capital) <= 1.5)
        #expect(abs(Double(ink(picture)) / 3 / Double(rows.count) - 0.124 * capital) <= 0.5)
    }

    /// Letters with marks and of other alphabets are spelled; what cannot be is a box.
    @Test func otherLetters() {
        #expect(written("Füße") == written("Fusse"))
        #expect(written("Привет") == written("Privet"))
        #expect(written("☃") == written("\u{1F9E9}") && ink(written("☃")) > 0)
    }

    /// What lies outside is cut off, on all sides.
    @Test func drawingOutsideIsCut() {
        let ground = Canvas(ImageSize(height: 30, width: 40))
        for (x, y) in [(-500, 0), (0, -500), (500, 5), (5, 500)] {
            var canvas = ground
            canvas.write("pem", x: x, y: y, lettering, black, halo: black)
            canvas.fill(PixelRegion(x: x, y: y, width: 10, height: 10), black)
            canvas.draw(Image(size: ImageSize(height: 7, width: 9), fill: [0, 0, 0]), x: x, y: y)
            #expect(canvas.image == ground.image)
        }
        var canvas = ground
        canvas.draw(Image(size: ImageSize(height: 7, width: 9), fill: [0, 0, 0]), x: -4, y: 28)
        #expect(ink(canvas.image) == 3 * 5 * 2)
        canvas.write("pem", x: -10, y: -10, lettering, black)
        #expect(canvas.image.size == ground.image.size)
    }

    @Test func panels() {
        let (low, high) = (
            Image<UInt8>(size: ImageSize(height: 2, width: 3), fill: [1, 2, 3]),
            Image<UInt8>(size: ImageSize(height: 4, width: 5), fill: [4, 5, 6])
        )
        let row = Image.row([low, high], gap: 2)
        #expect(row.size == ImageSize(height: 4, width: 10))
        #expect(row.cropped(to: PixelRegion(low.size)) == low)
        #expect(row.cropped(to: PixelRegion(x: 5, y: 0, high.size)) == high)
        #expect(row.values[9] == 255 && row.values[3 * 2 * 10] == 255)
        let column = Image.column([low, high], gap: 1)
        #expect(column.size == ImageSize(height: 7, width: 5))
        #expect(column.cropped(to: PixelRegion(x: 0, y: 3, high.size)) == high)
        let titled = Image.row([low, high], captions: ["truth", "prediction"], gap: 2)
        #expect(titled.height > 4 + 10 && titled.width > row.width)
    }

    /// Swatches of the colours, a row where there is room, else below each other, never narrower than a name.
    @Test func legends() throws {
        let entries = [("road", RGBColor(200, 10, 20)), ("sky", RGBColor(10, 200, 20))].map {
            (name: $0.0, color: $0.1)
        }
        let (wide, narrow) = (
            Legend(entries, lettering).picture(width: 400), Legend(entries, lettering).picture(width: 10)
        )
        #expect(wide?.size == ImageSize(height: lettering.lineHeight, width: 400))
        #expect(narrow?.height == 2 * lettering.lineHeight && (narrow?.width ?? 0) > lettering.width(of: "road"))
        let pixels = try #require(wide).values
        let colors = Set(
            stride(from: 0, to: pixels.count, by: 3).map { RGBColor(pixels[$0], pixels[$0 + 1], pixels[$0 + 2]) })
        #expect(colors.isSuperset(of: entries.map(\.color)))
        #expect(Legend([], lettering).picture(width: 10) == nil)
        let picture = Image<UInt8>(size: ImageSize(height: 5, width: 400), fill: [9, 9, 9])
        #expect(Legend([], lettering).below(picture) == picture)
        #expect(Legend(entries, lettering).below(picture).cropped(to: PixelRegion(picture.size)) == picture)
    }

    /// In a frame the middle of its widest side, by hand; of a region in two parts the deeper one.
    @Test func innerPoints() {
        let rows: [[Int32]] = [
            [1, 1, 1, 1, 1, 2],
            [1, 1, 1, 1, 1, 3],
            [1, 1, 1, 1, 1, 3],
            [2, 2, 2, 1, 1, 3],
            [2, 2, 2, 1, 1, 3],
            [2, 2, 2, 1, 1, 3],
        ]
        let points = InnerPoints(rows.flatMap(\.self), size: ImageSize(height: 6, width: 6)).points
        #expect(points.map(\.number) == [1, 2, 3] && points.map(\.depth) == [2, 2, 1])
        #expect(points[0].x == 1 && points[0].y == 1 && points[1].x == 1 && points[1].y == 4)
    }

    /// A name stands in a segment that is large enough for it, and not in a small one.
    @Test func namesOfSegments() {
        let table = ClassTable([.stuff("a", 0, 200, 0), .thing("b", 200, 0, 0)], ignoreLabel: 255)
        let size = ImageSize(height: 60, width: 120)
        let labels = LabelImage(size: size, values: (0..<size.area).map { $0 % 120 < 116 ? 0 : 1 })
        let numbers = labels.values.map { Int32($0) + 7 }
        let image = Image<UInt8>(size: size, fill: [80, 80, 80])
        func drawn(_ names: [Int32: String]) -> Image<UInt8> {
            SegmentDrawing(table)(
                NamedSegments(labels: labels, numbers: numbers, names: names), over: image, Lettering(capital: 9))
        }
        #expect(drawn([:]) == drawn([8: "b"]))
        #expect(drawn([:]) != drawn([7: "a"]))
        #expect(
            drawn([:]) == OverlayRenderer(colors: table.colors).render(image, labels: labels, segments: numbers))
    }

    /// A border has one colour all along, by the classes on both sides, whatever the picture holds there.
    @Test func bordersOfClassesHaveOneColour() {
        let size = ImageSize(height: 40, width: 40)
        let labels = LabelImage(size: size, values: (0..<size.area).map { $0 % 40 < 20 ? 0 : 1 })
        let noise = Image<UInt8>(size: size, channels: 3, values: (0..<3 * size.area).map { UInt8($0 * 77 % 256) })
        for (level, border) in [(UInt8(100), UInt8(255)), (200, 24)] {
            let colors = [RGBColor(grey: level), RGBColor(grey: level + 20)]
            let pixels = OverlayRenderer(colors: colors).render(noise, labels: labels).values
            #expect((0..<40).allSatisfy { pixels[3 * (40 * $0 + 19)] == border })
        }
    }
}
