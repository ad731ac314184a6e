import Annotations

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

    /// A rectangle of this size whose upper left corner is (x, y).
    package init(x: Int = 0, y: Int = 0, _ size: ImageSize) {
        self.init(x: x, y: y, width: size.width, height: size.height)
    }

    /// Where these columns and these rows cross.
    init(columns: Range<Int>, rows: Range<Int>) {
        self.init(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }

    /// Rows and columns.
    package var size: ImageSize { ImageSize(height: height, width: width) }
    /// x of the pixels inside.
    var columns: Range<Int> { x..<x + width }
    /// y of the pixels inside.
    var rows: Range<Int> { y..<y + height }

    /// Whether the rectangle holds a pixel and lies inside an image of this size.
    package func fits(_ image: ImageSize) -> Bool {
        x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= image.width && y + height <= image.height
    }
}
