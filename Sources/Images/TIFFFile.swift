import Annotations

#if TIFF
    import CTIFF
#endif

/// TIFF, through libtiff, where the package is built with the trait TIFF; else such files are refused.
enum TIFFFile {
    /// Whether a file that starts so is a TIFF, of 32 or 64 bits, in either order of bytes.
    static func begins(_ start: [UInt8]) -> Bool {
        [[0x49, 0x49, 0x2A, 0], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2A], [0x4D, 0x4D, 0, 0x2B]].contains {
            start.starts(with: $0)
        }
    }

    #if TIFF
        /// What the first directory says. Throws `InputError`, also where the first bytes do not hold it.
        static func header(
            _ file: FileContent
        ) throws -> (size: ImageSize, kind: ImageHeader.Kind, orientation: ExifOrientation) {
            var header = ctiff_header()
            try decoding(file.path, "TIFF") { ctiff_read_header(file.start, file.start.count, &header, $0) }
            return (
                ImageSize(height: Int(header.height), width: Int(header.width)),
                .tiff(
                    bitDepth: Int(header.bit_depth), channels: Int(header.channels), isLevels: header.is_levels != 0),
                ExifOrientation(rawValue: Int(header.orientation)) ?? .upright
            )
        }

        /// The values as stored, one of one or two bytes a pixel. Throws `InputError`.
        static func decode(_ file: FileContent, _ size: ImageSize, rowBytes: Int, _ pixels: UnsafeMutableRawPointer?)
            throws
        {
            try decoding(file.path, "TIFF") {
                ctiff_decode(
                    file.start, file.start.count, UInt32(size.width), UInt32(size.height), rowBytes, pixels, $0)
            }
        }
    #else
        static func header(
            _ file: FileContent
        ) throws -> (size: ImageSize, kind: ImageHeader.Kind, orientation: ExifOrientation) {
            throw refusal(file)
        }

        static func decode(_ file: FileContent, _ size: ImageSize, rowBytes: Int, _ pixels: UnsafeMutableRawPointer?)
            throws
        {
            throw refusal(file)
        }

        private static func refusal(_ file: FileContent) -> InputError {
            InputError(
                place: file.path, what: "is a TIFF, which this build does not read", expected: "a PNG or JPEG",
                got: "a TIFF",
                advice:
                    "build with libtiff (its package is libtiff-dev; swift build --traits TIFF), or convert it to a "
                    + "PNG of the same depth, for example: convert IN.tif OUT.png")
        }
    #endif
}
