/// Rows and columns of an image or a map.
package struct ImageSize: Sendable, Hashable, CustomStringConvertible {
    /// Rows.
    package var height: Int
    /// Columns.
    package var width: Int

    /// `height` × `width` pixels.
    package init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// The number of pixels.
    package var area: Int { height * width }

    /// Rows and columns exchanged.
    package var transposed: ImageSize { ImageSize(height: width, width: height) }

    /// As image programs write it: "WIDTHxHEIGHT".
    package var description: String { "\(width)x\(height)" }
}
