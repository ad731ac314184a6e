import Annotations
import CJPEG
import CPNG

/// Reads and writes image files. The content tells the format, not the file's name. Pictures are turned upright as
/// their Exif block or XMP text says, as detectron2's `read_image` does through Pillow.
package enum ImageFile {
    /// The size of the image `readRGB` or `readLabels` would give, from the header alone.
    /// Throws `InputError`.
    package static func size(of path: String) throws -> ImageSize {
        let header = try header(path)
        return header.orientation.upright(header.size)
    }

    /// Whether the stored pixels of a file lie on their side: width and height of `size` are exchanged there.
    /// Throws `InputError`.
    package static func liesOnItsSide(_ path: String) throws -> Bool { try header(path).orientation.swapsSides }

    /// A picture as 8-bit RGB: PNG of any kind or JPEG, grey or colour. Grey is repeated, palettes are
    /// looked up, alpha is dropped, 16-bit channels give their high byte. Throws `InputError`.
    package static func readRGB(_ path: String) throws -> Image<UInt8> {
        let file = try FileContent(path)
        let header = try ImageHeader(file)
        if case .tiff = header.kind {
            throw InputError(
                place: path, what: "is a TIFF, which is read for labels alone", expected: "a PNG or JPEG",
                got: header.kindName, advice: "convert it to PNG, for example: convert IN.tif OUT.png")
        }
        if case .jpeg(let components) = header.kind, components != 1 && components != 3 {
            throw InputError(
                place: path, what: "has colours that cannot be read", expected: "a grey or RGB image",
                got: header.kindName,
                advice: "convert it to RGB, for example: convert IN -colorspace sRGB OUT")
        }
        let values: [UInt8] = try decode(file, header, channels: 3, asRGB: true)
        return Image(size: header.size, channels: 3, values: values).oriented(header.orientation)
    }

    /// A label map: the grey levels of a PNG of 1 to 16 bits as stored, or a palette PNG's indices (not its colours);
    /// the same of a TIFF of 8 or 16 bits, where the build reads them. A PNG's grey levels may be written as three
    /// equal channels, and with an alpha channel that is opaque everywhere. Other colour images and JPEGs are refused,
    /// and with `bits` files of any other depth. Throws `InputError`.
    package static func readLabels(_ path: String, bits: Int? = nil) throws -> LabelImage {
        let file = try FileContent(path)
        let header = try ImageHeader(file)
        let (bitDepth, channels) = try samples(header, path: path)
        if let bits, bitDepth != bits {
            throw InputError(
                place: path, what: "has labels of the wrong depth", expected: "grey levels of \(bits) bits",
                got: header.kindName, advice: "export the labels again: numbers were cut off")
        }
        let values: [UInt16] =
            try bitDepth == 16
            ? decode(file, header, channels: channels, asRGB: false)
            : decode(file, header, channels: channels, asRGB: false).map { (value: UInt8) in UInt16(value) }
        let stored = Image(size: header.size, channels: channels, values: values).oriented(header.orientation)
        return channels == 1 ? stored : try numbers(stored, bitDepth, header.kindName, path: path)
    }

    /// A label map whose colours stand for classes: a PNG of any kind, a palette's indices looked up. JPEGs are
    /// refused. Throws `InputError`.
    package static func readColors(_ path: String) throws -> Image<UInt8> {
        _ = try samples(header(path), path: path)
        return try readRGB(path)
    }

    /// Bits of a value, and values of a pixel, of a file that may hold labels. Throws `InputError` for any other.
    private static func samples(_ header: ImageHeader, path: String) throws -> (bitDepth: Int, channels: Int) {
        switch header.kind {
        case .png(let bitDepth, let color): return (bitDepth, color.channels)
        case .tiff(let bitDepth, 1, true) where [8, 16].contains(bitDepth): return (bitDepth, 1)
        case .jpeg, .tiff: break
        }
        throw InputError(
            place: path, what: "is not a label image", expected: "a grey or palette PNG", got: header.kindName,
            advice: "export the labels again without loss: JPEG blurs class numbers")
    }

    /// The one number that all channels of each pixel hold but for alpha.
    private static func numbers(
        _ stored: Image<UInt16>, _ bitDepth: Int, _ kindName: String, path: String
    ) throws -> LabelImage {
        let (channels, colors) = (stored.channels, stored.channels - (stored.channels % 2 == 0 ? 1 : 0))
        let opaque = UInt16((1 << bitDepth) - 1)
        var values = [UInt16](repeating: 0, count: stored.size.area)
        for pixel in values.indices {
            let start = channels * pixel
            let level = stored.values[start]
            var isNumber = colors == channels || stored.values[start + colors] == opaque
            for channel in 1..<colors where stored.values[start + channel] != level { isNumber = false }
            guard isNumber else {
                let text = stored.values[start..<start + channels].map(String.init).joined(separator: ", ")
                throw InputError(
                    place: path, what: "is not a label image",
                    expected: "one class number per pixel (a grey or palette PNG)", got: kindName,
                    advice: "at column \(pixel % stored.width), row \(pixel / stored.width) its channels are \(text): "
                        + "save one channel of numbers, or say \"label_colors\": true in the description where "
                        + "they are the classes' colours")
            }
            values[pixel] = level
        }
        return LabelImage(size: stored.size, values: values)
    }

    /// Bits of each value as stored: 1 to 16 in a PNG, 8 in a JPEG. Throws `InputError`.
    package static func bitsPerValue(of path: String) throws -> Int {
        switch try header(path).kind {
        case .png(let bitDepth, _), .tiff(let bitDepth, _, _): bitDepth
        case .jpeg: 8
        }
    }

    /// A picture whose colours are numbers of objects: an RGB PNG of 8 bits, its alpha dropped. Everything
    /// else is refused, as grey levels and palettes are other numbers. Throws `InputError`.
    package static func readNumbers(_ path: String) throws -> Image<UInt8> {
        let header = try header(path)
        guard [.png(bitDepth: 8, .rgb), .png(bitDepth: 8, .rgbAlpha)].contains(header.kind) else {
            throw InputError(
                place: path, what: "does not hold numbers of objects", expected: "an RGB PNG of 8 bits",
                got: header.kindName, advice: "fetch or make the file again")
        }
        return try readRGB(path)
    }

    /// Reads as little of the file as holds the header: cameras put up to some hundred kilobytes before the size of a
    /// JPEG.
    private static func header(_ path: String) throws -> ImageHeader {
        for enough in [1 << 12, 1 << 16] {
            let file = try FileContent(path, limit: enough)
            _ = try ImageHeader.format(file)
            if file.isWhole { return try ImageHeader(file) }
            if let header = try? ImageHeader(file) { return header }
        }
        return try ImageHeader(FileContent(path))
    }

    /// The pixels of a file, as RGB or as they are stored, of one byte or of two. Throws `InputError`.
    private static func decode<Value: FixedWidthInteger>(
        _ file: FileContent, _ header: ImageHeader, channels: Int, asRGB: Bool
    ) throws -> [Value] {
        let (bytes, rowBytes) = (file.start, header.size.width * channels * MemoryLayout<Value>.size)
        let (width, height) = (UInt32(header.size.width), UInt32(header.size.height))
        return try [Value](unsafeUninitializedCapacity: header.size.area * channels) { buffer, count in
            switch header.kind {
            case .png:
                try decoding(file.path, "PNG") {
                    cpng_decode(bytes, bytes.count, width, height, rowBytes, asRGB, buffer.baseAddress, $0)
                }
            case .jpeg:
                try decoding(file.path, "JPEG") {
                    cjpeg_decode_rgb(bytes, bytes.count, width, height, buffer.baseAddress, $0)
                }
            case .tiff: try TIFFFile.decode(file, header.size, rowBytes: rowBytes, buffer.baseAddress)
            }
            count = header.size.area * channels
        }
    }
}
