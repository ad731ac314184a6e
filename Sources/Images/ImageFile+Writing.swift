import Annotations
import CJPEG
import CPNG
import Files

extension ImageFile {
    /// Writes an RGB PNG, whole or not at all. With a `list` only a file that it knows is replaced. Throws `InputError`
    /// or `FileError`.
    package static func writePNG(_ image: Image<UInt8>, to path: String, listed list: FileList? = nil) throws {
        precondition(image.channels == 3, "writePNG: \(image.channels) channels")
        try image.values.withUnsafeBytes { try encode($0, image.size, channels: 3, bits: 8, to: path, list) }
    }

    /// The same file's bytes; `place` names the picture in errors. Throws `InputError`.
    package static func png(_ image: Image<UInt8>, place: String) throws -> [UInt8] {
        precondition(image.channels == 3, "png: \(image.channels) channels")
        return try image.values.withUnsafeBytes {
            try withPNG($0, image.size, channels: 3, bits: 8, nil, place) { Array($0) }
        }
    }

    /// Writes a colour JPEG as Pillow does by default (quality 75, colours at half the resolution) in the same way.
    package static func writeJPEG(_ image: Image<UInt8>, to path: String, listed list: FileList? = nil) throws {
        try withJPEG(image, path) { bytes in
            try AtomicFile.write(to: path, listed: list) { file throws(FileError) in try file.append(bytes) }
        }
    }

    /// The same file's bytes; `place` names the picture in errors. Throws `InputError`.
    package static func jpeg(_ image: Image<UInt8>, place: String) throws -> [UInt8] {
        try withJPEG(image, place) { Array($0) }
    }

    private static func withJPEG<Result>(
        _ image: Image<UInt8>, _ place: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        precondition(image.channels == 3, "writeJPEG: \(image.channels) channels")
        var file = cjpeg_buffer()
        defer { cjpeg_buffer_free(&file) }
        let message = withMessage {
            cjpeg_encode_rgb(image.values, UInt32(image.width), UInt32(image.height), 75, &file, $0)
        }
        if let message { throw unencodable("JPEG", message, place) }
        return try body(UnsafeRawBufferPointer(start: file.bytes, count: file.count))
    }

    /// Writes a grey PNG of 8 or 16 bits with the labels as levels in the same way. With `colors` of labels 0, 1, …
    /// it has 8 bits and a palette, black for other labels, and the labels are its indices. Throws `InputError`, also
    /// for a label that does not fit into 8 bits, or `FileError`.
    package static func writePNG(
        labels: LabelImage, bits: Int, colors: [RGBColor]? = nil, to path: String, listed list: FileList? = nil
    ) throws {
        precondition((bits == 8 || bits == 16 && colors == nil) && labels.channels == 1, "writePNG: \(bits) bits")
        if bits == 8 {
            if let index = labels.values.firstIndex(where: { $0 > 255 }) {
                let (row, column) = (index / labels.width, index % labels.width)
                throw InputError(
                    place: path, what: "label does not fit into 8 bits", expected: "0 to 255",
                    got: "\(labels.values[index]) at column \(column), row \(row)",
                    advice: "write 16 bits")
            }
            let narrow = labels.values.map { UInt8(truncatingIfNeeded: $0) }
            let palette = colors.map { colors in
                (0..<256).map { $0 < colors.count ? colors[$0] : RGBColor(grey: 0) }.flatMap { color in
                    [color.red, color.green, color.blue]
                }
            }
            try narrow.withUnsafeBytes { try encode($0, labels.size, channels: 1, bits: 8, palette, to: path, list) }
        } else {
            try labels.values.withUnsafeBytes { try encode($0, labels.size, channels: 1, bits: 16, to: path, list) }
        }
    }

    private static func encode(
        _ values: UnsafeRawBufferPointer, _ size: ImageSize, channels: Int32, bits: Int32, _ palette: [UInt8]? = nil,
        to path: String, _ list: FileList?
    ) throws {
        try withPNG(values, size, channels: channels, bits: bits, palette, path) { bytes in
            try AtomicFile.write(to: path, listed: list) { file throws(FileError) in try file.append(bytes) }
        }
    }

    private static func withPNG<Result>(
        _ values: UnsafeRawBufferPointer, _ size: ImageSize, channels: Int32, bits: Int32, _ palette: [UInt8]?,
        _ place: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        var file = cpng_buffer()
        defer { cpng_buffer_free(&file) }
        let message = withMessage {
            cpng_encode(
                values.baseAddress, UInt32(size.width), UInt32(size.height), channels, bits, palette, &file, $0)
        }
        if let message { throw unencodable("PNG", message, place) }
        return try body(UnsafeRawBufferPointer(start: file.bytes, count: file.count))
    }

    private static func unencodable(_ format: String, _ message: String, _ path: String) -> InputError {
        InputError(
            place: path, what: "cannot be encoded as \(format)", got: "\"\(message)\"",
            advice: "check the image's size")
    }
}
