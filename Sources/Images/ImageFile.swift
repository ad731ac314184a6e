import CJPEG
import CPNG

/// Reading and writing image files. The format is told by the content, never by the name. Pictures whose
/// Exif block says that they lie on their side are turned upright, as detectron2's `read_image` does.
package enum ImageFile {
    /// The size of the image `readRGB` or `readLabels` would give, from the header alone.
    /// Throws `ImageError`.
    package static func size(of path: String) throws -> (width: Int, height: Int) {
        try header(path).uprightSize
    }

    /// A picture as 8-bit RGB: PNG of any kind or JPEG, grey or colour. Grey is repeated, palettes are
    /// looked up, alpha is dropped, 16-bit channels give their high byte. Throws `ImageError`.
    package static func readRGB(_ path: String) throws -> RGBImage {
        let bytes = try FileBytes.read(path)
        let header = try ImageHeader(bytes, path: path)
        if case .jpeg(let components) = header.kind, components != 1 && components != 3 {
            throw ImageError(
                path: path, what: "has colours that cannot be read", expected: "a grey or RGB image",
                got: header.kindName,
                advice: "convert it to RGB, for example: convert IN -colorspace sRGB OUT")
        }
        let (format, capacity) =
            if case .png = header.kind { ("PNG", CPNG_MESSAGE_CAPACITY) } else {
                ("JPEG", CJPEG_MESSAGE_CAPACITY)
            }
        let (width, height) = (UInt32(header.width), UInt32(header.height))
        var message: String?
        let pixels = [UInt8](unsafeUninitializedCapacity: header.width * header.height * 3) {
            buffer, count in
            message = withMessage(capacity: Int(capacity)) {
                format == "PNG"
                    ? Int(cpng_decode_rgb(bytes, bytes.count, width, height, buffer.baseAddress, $0))
                    : Int(cjpeg_decode_rgb(bytes, bytes.count, width, height, buffer.baseAddress, $0))
            }
            count = message == nil ? header.width * header.height * 3 : 0
        }
        if let message { throw ImageError.damaged(path, format, message) }
        return RGBImage(width: header.width, height: header.height, pixels: pixels).oriented(
            header.orientation)
    }

    /// A label map: the grey levels of a PNG of 1 to 16 bits as stored, or a palette PNG's indices (not its
    /// colours). Colour images and JPEGs are refused, and with `bits` PNGs of any other depth. Throws
    /// `ImageError`.
    package static func readLabels(_ path: String, bits: Int? = nil) throws -> LabelImage {
        let bytes = try FileBytes.read(path)
        let header = try ImageHeader(bytes, path: path)
        guard case .png(let bitDepth, let color) = header.kind else {
            throw ImageError(
                path: path, what: "is not a label image", expected: "a grey or palette PNG",
                got: header.kindName,
                advice: "export the labels again without loss: JPEG blurs class numbers")
        }
        guard color == .grey || color == .palette else {
            throw ImageError(
                path: path, what: "is not a label image",
                expected: "one class number per pixel (a grey or palette PNG)",
                got: header.kindName, advice: "replace each colour by its class number")
        }
        if let bits, bitDepth != bits {
            throw ImageError(
                path: path, what: "has labels of the wrong depth", expected: "a grey PNG of \(bits) bits",
                got: header.kindName, advice: "export the labels again: numbers were cut off")
        }
        let values =
            if bitDepth == 16 {
                try decodeValues(bytes, header, UInt16.self, path: path)
            } else {
                widened(try decodeValues(bytes, header, UInt8.self, path: path))
            }
        return LabelImage(width: header.width, height: header.height, values: values).oriented(
            header.orientation)
    }

    /// Reads as little as it can: cameras put up to some hundred kilobytes before the size of a JPEG.
    private static func header(_ path: String) throws -> ImageHeader {
        let enough = 1 << 16
        let start = try FileBytes.read(path, limit: enough)
        if start.count < enough { return try ImageHeader(start, path: path) }
        if let header = try? ImageHeader(start, path: path) { return header }
        return try ImageHeader(try FileBytes.read(path), path: path)
    }

    private static func decodeValues<Value: FixedWidthInteger>(
        _ bytes: [UInt8], _ header: ImageHeader, _ type: Value.Type, path: String
    ) throws -> [Value] {
        var message: String?
        let values = [Value](unsafeUninitializedCapacity: header.width * header.height) { buffer, count in
            message = withMessage(capacity: Int(CPNG_MESSAGE_CAPACITY)) {
                Int(
                    cpng_decode_values(
                        bytes, bytes.count, UInt32(header.width), UInt32(header.height),
                        Int32(MemoryLayout<Value>.size), buffer.baseAddress, $0))
            }
            count = message == nil ? header.width * header.height : 0
        }
        if let message { throw ImageError.damaged(path, "PNG", message) }
        return values
    }

    private static func widened(_ values: [UInt8]) -> [UInt16] {
        [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
            for index in 0..<values.count { buffer.initializeElement(at: index, to: UInt16(values[index])) }
            count = values.count
        }
    }
}
