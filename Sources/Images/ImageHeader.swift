import Annotations
import CJPEG
import CPNG

/// What the first bytes of an image file say.
struct ImageHeader {
    enum Kind: Equatable {
        case png(bitDepth: Int, PNGColor)
        case jpeg(components: Int)
        /// `isLevels`: whole numbers that are grey levels, 0 black, or a palette's indices.
        case tiff(bitDepth: Int, channels: Int, isLevels: Bool)
    }

    enum Format {
        case png, jpeg, tiff
    }

    enum PNGColor: Int {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgbAlpha = 6

        /// Samples of a pixel, as stored.
        var channels: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAlpha: 2
            case .rgb: 3
            case .rgbAlpha: 4
            }
        }
    }

    /// Larger pictures are refused before memory is asked for.
    static let mostPixels = 1 << 28

    /// As stored, before turning.
    let size: ImageSize
    let kind: Kind
    /// How the stored pixels are to be turned.
    let orientation: ExifOrientation

    /// The kind in words, for messages.
    var kindName: String {
        switch kind {
        case .png(let bitDepth, let color):
            let name =
                switch color {
                case .grey: "grey"
                case .rgb: "RGB"
                case .palette: "palette"
                case .greyAlpha: "grey with alpha"
                case .rgbAlpha: "RGB with alpha"
                }
            return "a \(name) PNG of \(bitDepth) bits"
        case .jpeg(let components):
            return components == 1 ? "a grey JPEG" : components == 3 ? "a colour JPEG" : "a CMYK JPEG"
        case .tiff(let bitDepth, let channels, let isLevels):
            let name = channels == 1 ? (isLevels ? "grey " : "") : "\(channels)-channel "
            return "a \(name)TIFF of \(bitDepth) bits"
        }
    }

    /// Reads the header of an image file. Throws `InputError`, also where the first bytes do not hold it.
    init(_ file: FileContent) throws {
        switch try Self.format(file) {
        case .png: try self.init(png: file)
        case .jpeg: try self.init(jpeg: file)
        case .tiff: try self.init(tiff: file)
        }
        guard size.width > 0, size.height > 0, size.width <= Self.mostPixels / size.height else {
            throw InputError(
                place: file.path, what: "has an unusable size", expected: "1 to \(Self.mostPixels) pixels",
                got: "\(size)", advice: "cut or shrink the image")
        }
    }

    /// What a file is by its first bytes. Throws `InputError` where it is no image file.
    static func format(_ file: FileContent) throws -> Format {
        if file.start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if file.start.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if TIFFFile.begins(file.start) { return .tiff }
        let start = file.start.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
        throw InputError(
            place: file.path, what: "is neither PNG nor JPEG", expected: "an image file",
            got: start.isEmpty ? "an empty file" : "a file that starts with bytes \(start)",
            advice: "convert it to PNG, or fetch it again")
    }

    private init(png file: FileContent) throws {
        var header = cpng_header()
        try decoding(file.path, "PNG") { cpng_read_header(file.start, file.start.count, &header, $0) }
        guard let color = PNGColor(rawValue: Int(header.color_type)) else {
            throw InputError.damaged(file.path, "PNG", "unknown colour type \(header.color_type)")
        }
        size = ImageSize(height: Int(header.height), width: Int(header.width))
        kind = .png(bitDepth: Int(header.bit_depth), color)
        let metadata = try PNGMetadata(file)
        orientation = ExifOrientation(exif: metadata.exif, xmp: metadata.xmp)
    }

    private init(tiff file: FileContent) throws {
        (size, kind, orientation) = try TIFFFile.header(file)
    }

    private init(jpeg file: FileContent) throws {
        var header = cjpeg_header()
        try decoding(file.path, "JPEG") { cjpeg_read_header(file.start, file.start.count, &header, $0) }
        size = ImageSize(height: Int(header.height), width: Int(header.width))
        kind = .jpeg(components: Int(header.components))
        let metadata = JPEGMetadata(file.start)
        orientation = ExifOrientation(exif: metadata.exif, xmp: metadata.xmp)
    }
}

/// Runs a C function that returns 0 or fills in a message; gives the message of a failure.
func withMessage(_ body: (UnsafeMutablePointer<CChar>) -> Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(max(CPNG_MESSAGE_CAPACITY, CJPEG_MESSAGE_CAPACITY))) {
        buffer in
        buffer.initialize(repeating: 0)
        guard let base = buffer.baseAddress, body(base) != 0 else { return nil }
        return String(cString: base)
    }
}

/// Runs a C function that decodes a file in the same way. Throws `InputError` with its message.
func decoding(_ path: String, _ format: String, _ body: (UnsafeMutablePointer<CChar>) -> Int32) throws {
    if let message = withMessage(body) { throw InputError.damaged(path, format, message) }
}

extension InputError {
    /// A file that starts as an image but cannot be decoded.
    static func damaged(_ path: String, _ format: String, _ message: String) -> InputError {
        InputError(
            place: path, what: "is damaged or cut off", expected: "a whole \(format) file",
            got: "\"\(message)\"",
            advice: "fetch or export it again")
    }
}
