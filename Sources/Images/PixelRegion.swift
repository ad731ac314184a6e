/// A rectangle of pixels: columns `x ..< x + width`, rows `y ..< y + height`.
package struct PixelRegion: Sendable, Hashable {
    /// The left column, the upper row, and the size.
    package var x, y, width, height: Int

    /// From the upper left corner and the size, in pixels.
    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Where these columns and these rows cross.
    init(columns: Range<Int>, rows: Range<Int>) {
        self.init(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }

    /// Whether the rectangle holds a pixel and lies inside an image of this size.
    package func fits(width imageWidth: Int, height imageHeight: Int) -> Bool {
        x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= imageWidth && y + height <= imageHeight
    }
}
