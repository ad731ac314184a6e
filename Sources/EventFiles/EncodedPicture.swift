/// A picture as the bytes of a PNG or JPEG file.
package struct EncodedPicture: Sendable, Equatable {
    /// What it shows.
    package let name: String
    /// Pixels.
    package let height, width: Int
    /// The file.
    package let bytes: [UInt8]

    package init(name: String, height: Int, width: Int, bytes: [UInt8]) {
        self.name = name
        self.height = height
        self.width = width
        self.bytes = bytes
    }
}
