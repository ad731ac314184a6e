import Annotations
import Foundation
import Images

/// An encoded picture within a page.
package struct Picture: Sendable {
    /// How it is encoded.
    package enum Encoding: String, Sendable {
        case jpeg, png
    }

    private let bytes: [UInt8]
    private let encoding: Encoding
    private let width: Int, height: Int
    /// What it shows, for those who do not see it.
    private let description: String

    /// `width` and `height` in pixels.
    package init(_ bytes: [UInt8], _ encoding: Encoding, width: Int, height: Int, description: String) {
        self.bytes = bytes
        self.encoding = encoding
        self.width = width
        self.height = height
        self.description = description
    }

    /// A picture as JPEG. Throws `InputError` where it is too large for that.
    package static func jpeg(_ image: Image<UInt8>, description: String) throws -> Picture {
        let bytes = try ImageFile.jpeg(image, place: description)
        return Picture(bytes, .jpeg, width: image.width, height: image.height, description: description)
    }

    /// Bytes that it takes in a page, about: three bytes are four digits.
    package var length: Int { (bytes.count + 2) / 3 * 4 + description.utf8.count + 100 }

    /// The image element; `isPixels` keeps pixels sharp where it is enlarged.
    package func markup(isPixels: Bool = false) -> Markup {
        let data = Data(bytes).base64EncodedString()
        let look: Markup = isPixels ? " class=\"pixels\"" : ""
        return """
            <img\(look) width="\(width)" height="\(height)" alt="\(description)" \
            src="data:image/\(encoding.rawValue);base64,\(data)">
            """
    }

    /// Pictures side by side where there is room, with a caption below.
    package static func figure(_ pictures: [Picture], caption: Markup) -> Markup {
        "<figure><div>\(pictures.map { $0.markup() })</div><figcaption>\(caption)</figcaption></figure>\n"
    }

    /// Figures in as many columns as there is room for; wide ones (of pictures side by side) in fewer.
    package static func gallery(_ figures: [Markup], areWide: Bool = false) -> Markup {
        let look: Markup = areWide ? "gallery pair" : "gallery"
        return "<div class=\"\(look)\">\n\(figures)</div>\n"
    }
}
