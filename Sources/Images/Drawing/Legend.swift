import Annotations

/// What the colours of a picture mean: a swatch and a name a class, in columns of one width.
package struct Legend: Sendable {
    private let entries: [(name: String, color: RGBColor)]
    private let lettering: Lettering

    /// In this order from left to right, row by row.
    package init(_ entries: [(name: String, color: RGBColor)], _ lettering: Lettering) {
        self.entries = entries
        self.lettering = lettering
    }

    /// Of these classes, as `overlay` paints them.
    package init(_ numbers: [Int], of classes: ClassTable, _ overlay: OverlayRenderer, _ lettering: Lettering) {
        self.init(numbers.map { (classes.names[$0], overlay.colors[$0]) }, lettering)
    }

    /// Drawn on white, `width` pixels wide or as much as the longest name needs; nil where there is nothing to list.
    package func picture(width: Int) -> Image<UInt8>? {
        guard !entries.isEmpty else { return nil }
        let line = lettering.lineHeight
        let swatch = PixelRegion(x: 0, y: line / 6, width: line, height: line - 2 * (line / 6))
        let name = swatch.width + line / 3
        let column = name + (entries.map { lettering.width(of: $0.name) }.max() ?? 0)
        // The last column needs no distance to a next one.
        let columns = max(1, min(entries.count, (width + line) / (column + line)))
        let rows = (entries.count + columns - 1) / columns
        var canvas = Canvas(ImageSize(height: rows * line, width: max(width, column)))
        for (index, entry) in entries.enumerated() {
            let (x, y) = (index % columns * (column + line), index / columns * line)
            var region = swatch
            (region.x, region.y) = (x, y + swatch.y)
            canvas.fill(region, RGBColor(grey: 96))
            canvas.fill(
                PixelRegion(x: x + 1, y: region.y + 1, width: region.width - 2, height: region.height - 2), entry.color)
            canvas.write(entry.name, x: x + name, y: y, lettering)
        }
        return canvas.image
    }

    /// A picture with the legend below it, a line's third apart.
    package func below(_ image: Image<UInt8>) -> Image<UInt8> {
        guard let legend = picture(width: image.width) else { return image }
        return .column([image, legend], gap: lettering.lineHeight / 3)
    }
}
