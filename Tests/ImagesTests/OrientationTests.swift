import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// Every way in which a file can say how it is turned, as Pillow's `ImageOps.exif_transpose` takes it. The files are
/// made by Tools/reference/orientation.py.
@Suite struct OrientationTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let width, height: Int
        let rgb: String
        var testDescription: String { file }

        var path: String { ImageFixtures.path("orientation/" + file) }
        var pixels: [UInt8] {
            let digits = rgb.compactMap { $0.hexDigitValue.map(UInt8.init) }
            return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
    }

    static let cases =
        (try? JSONDecoder().decode(
            [Case].self, from: Data(contentsOf: URL(fileURLWithPath: ImageFixtures.path("orientation/cases.json")))))
        ?? []

    @Test func everyCaseIsThere() { #expect(Self.cases.count == 63) }

    @Test(arguments: cases) func picturesAreTurnedAsPillowTurnsThem(_ picture: Case) throws {
        let image = try ImageFile.readRGB(picture.path)
        #expect(image.size == ImageSize(height: picture.height, width: picture.width))
        #expect(try ImageFile.size(of: picture.path) == image.size)
        #expect(try ImageFile.liesOnItsSide(picture.path) == (picture.height > picture.width))
        let worst = zip(image.values, picture.pixels).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(worst) <= (picture.file.hasSuffix("png") ? 0 : 1))
    }

    /// Where only parts of a file are read: long before the pixels, behind many small chunks of pixels, behind a large
    /// one, and with bytes after the end.
    @Test(arguments: ["small chunks", "one chunk", "bytes after the end", "long text before", "long text behind"])
    func longFilesAreTurned(kind: String) throws {
        let mark = PNGBytes.chunk("eXIf", PNGBytes.exif(6))
        let text = PNGBytes.chunk("tEXt", Array("Comment\0".utf8) + [UInt8](repeating: 65, count: 90_000))
        let isBefore = kind == "long text before"
        let png = PNGBytes(
            width: 400, height: 300, noise: true, partSize: kind == "small chunks" ? 8192 : .max,
            before: isBefore ? text : [], behind: isBefore ? mark : kind == "long text behind" ? text + mark : mark)
        let folder = try TemporaryFolder()
        let end = [UInt8](repeating: 7, count: kind == "bytes after the end" ? 100 : 0)
        let path = try folder.write(png.bytes + end, as: "long.png")
        #expect(try ImageFile.size(of: path) == ImageSize(height: 400, width: 300))
        #expect(try ImageFile.readRGB(path).size == ImageSize(height: 400, width: 300))
    }

    /// Texts that unpack to more than a megabyte say nothing, and ten thousand of them cost no time.
    @Test func textsThatUnpackToGigabytesAreLeftOut() throws {
        let profile = PNGBytes.profile(PNGBytes.exif(6))
        let long = PNGBytes.packedText("Raw profile type exif", profile + [UInt8](repeating: 10, count: 8 << 20))
        let folder = try TemporaryFolder()
        for (before, behind) in [(long, [UInt8]()), ([], long)] {
            let png = PNGBytes(width: 5, height: 3, before: before, behind: behind)
            let path = try folder.write(png.bytes, as: "long.png")
            #expect(try ImageFile.size(of: path) == ImageSize(height: 3, width: 5))
        }
        let short = PNGBytes.packedText("Raw profile type exif", profile + [UInt8](repeating: 10, count: 1 << 20))
        let many = PNGBytes(width: 5, height: 3, before: Array(repeatElement(short, count: 10_000).joined()))
        let path = try folder.write(many.bytes, as: "many.png")
        let start = threadSeconds()
        #expect(try ImageFile.readRGB(path).size == ImageSize(height: 3, width: 5))
        #expect(threadSeconds() - start < slowestAllowed)
    }
}
