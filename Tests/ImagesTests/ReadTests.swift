import Annotations
import Images
import Testing

@Suite struct ReadTests {
    @Test(arguments: ImageFixtures.all?.png ?? [])
    func pngIsPillows(_ picture: ImageFixtures.Picture) throws {
        let path = ImageFixtures.path(try #require(picture.file))
        let expected = try ImageFixtures.image(picture)
        #expect(difference(try ImageFile.readRGB(path), expected) == nil)
        #expect(try ImageFile.size(of: path) == expected.size)
    }

    /// Equal with libjpeg-turbo 2.1 here and 3.2 in Pillow; another libjpeg may round a step differently.
    @Test(arguments: ImageFixtures.all?.jpeg ?? [])
    func jpegIsPillows(_ picture: ImageFixtures.Picture) throws {
        let path = ImageFixtures.path(try #require(picture.file))
        let expected = try ImageFixtures.image(picture)
        let image = try ImageFile.readRGB(path)
        try #require(image.size == expected.size)
        let worst = zip(image.values, expected.values).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(worst) <= 1)
        #expect(try ImageFile.size(of: path) == expected.size)
    }

    @Test(arguments: ImageFixtures.all?.labels ?? [])
    func labelsAreTheStoredNumbers(_ labels: ImageFixtures.Labels) throws {
        let path = ImageFixtures.path(try #require(labels.file))
        let expected = try ImageFixtures.labelImage(labels)
        #expect(difference(try ImageFile.readLabels(path), expected) == nil)
    }

    @Test func formatIsToldByContentNotByName() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(try ImageFixtures.bytes("jpeg444.jpg"), as: "picture.png")
        let expected = try ImageFile.readRGB(ImageFixtures.path("jpeg444.jpg"))
        #expect(difference(try ImageFile.readRGB(path), expected) == nil)
    }

    @Test func sizeIsFoundBehindLongBlocks() throws {
        // Comment blocks of more than the first bytes that `size(of:)` looks at.
        let jpeg = try ImageFixtures.bytes("jpeg420.jpg")
        let comment: [UInt8] = [0xFF, 0xFE, 0xFF, 0xFF] + [UInt8](repeating: 7, count: 0xFFFF - 2)
        let folder = try TemporaryFolder()
        let path = try folder.write(jpeg[..<2] + comment + comment + jpeg[2...], as: "long.jpg")
        #expect(try ImageFile.size(of: path) == ImageSize(height: 27, width: 41))
    }

    @Test func sizeNeedsNoPixels() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(try ImageFixtures.bytes("source.png").prefix(60), as: "head.png")
        #expect(try ImageFile.size(of: path) == ImageSize(height: 23, width: 37))
    }
}
