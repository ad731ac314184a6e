extension ImageFile {
    /// Bits of each value of a PNG as stored: 1 to 16; 8 for a JPEG. Throws `ImageError`.
    package static func bitsPerValue(of path: String) throws -> Int {
        if case .png(let bitDepth, _) = try kind(of: path).kind { return bitDepth }
        return 8
    }

    /// A picture whose colours are numbers of objects: an RGB PNG of 8 bits, its alpha dropped. Everything
    /// else is refused, as grey levels and palettes are other numbers. Throws `ImageError`.
    package static func readNumbers(_ path: String) throws -> RGBImage {
        let header = try kind(of: path)
        guard [.png(bitDepth: 8, .rgb), .png(bitDepth: 8, .rgbAlpha)].contains(header.kind) else {
            throw ImageError(
                path: path, what: "does not hold numbers of objects", expected: "an RGB PNG of 8 bits",
                got: header.kindName, advice: "fetch or make the file again")
        }
        return try readRGB(path)
    }

    private static func kind(of path: String) throws -> ImageHeader {
        try ImageHeader(try FileBytes.read(path, limit: 1 << 16), path: path)
    }
}
