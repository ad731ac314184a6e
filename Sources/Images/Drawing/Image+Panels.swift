import Annotations

extension Image<UInt8> {
    /// RGB pictures side by side on white, `gap` pixels apart, their tops in one line; above each its caption, where
    /// there are any.
    package static func row(_ pictures: [Image], captions: [String] = [], gap: Int) -> Image {
        precondition(!pictures.isEmpty, "row: no pictures")
        precondition(captions.isEmpty || captions.count == pictures.count, "row: \(captions.count) captions")
        let height = pictures.map(\.height).max() ?? 1
        let lettering = Lettering(
            beside: ImageSize(height: height, width: pictures.map(\.width).min() ?? 1))
        let top = captions.isEmpty ? 0 : lettering.lineHeight + gap / 2
        let widths = pictures.indices.map { index in
            max(pictures[index].width, captions.isEmpty ? 0 : lettering.width(of: captions[index]))
        }
        let width = widths.reduce(0, +) + gap * (pictures.count - 1)
        var (canvas, x) = (Canvas(ImageSize(height: top + height, width: width)), 0)
        for (index, picture) in pictures.enumerated() {
            if !captions.isEmpty { canvas.write(captions[index], x: x, y: 0, lettering) }
            canvas.draw(picture, x: x, y: top)
            x += widths[index] + gap
        }
        return canvas.image
    }

    /// RGB pictures below each other on white, `gap` pixels apart, their left sides in one line.
    package static func column(_ pictures: [Image], gap: Int) -> Image {
        precondition(!pictures.isEmpty, "column: no pictures")
        let size = ImageSize(
            height: pictures.reduce(0) { $0 + $1.height } + gap * (pictures.count - 1),
            width: pictures.map(\.width).max() ?? 1)
        var (canvas, y) = (Canvas(size), 0)
        for picture in pictures {
            canvas.draw(picture, x: 0, y: y)
            y += picture.height + gap
        }
        return canvas.image
    }
}
