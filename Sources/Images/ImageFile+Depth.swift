extension ImageFile {
    /// Bits of each value of a PNG as stored: 1 to 16; 8 for a JPEG. Throws `ImageError`.
    package static func bitsPerValue(of path: String) throws -> Int {
        let header = try ImageHeader(try FileBytes.read(path, limit: 1 << 16), path: path)
        if case .png(let bitDepth, _) = header.kind { return bitDepth }
        return 8
    }
}
