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

    /// A file's name, the samples of a pixel and their bits.
    @Test(arguments: [
        ("grey8", 1, 8), ("grey16", 1, 16), ("grey16_interlaced", 1, 16), ("greyalpha8", 2, 8), ("greyalpha16", 2, 16),
        ("rgb8", 3, 8), ("rgb16", 3, 16), ("rgba8", 4, 8), ("rgba16", 4, 16),
    ])
    func storedSamplesAreAllThere(name: String, channels: Int, bits: Int) throws {
        let path = ImageFixtures.path(name + ".png")
        let stored = try ImageFile.readStored(path)
        #expect(stored.channels == channels)
        // As RGB: the high byte of each sample, grey repeated, alpha dropped.
        let high = (0..<stored.size.area).flatMap { pixel in
            (0..<3).map { UInt8(stored.values[pixel * channels + (channels < 3 ? 0 : $0)] >> (bits - 8)) }
        }
        let expected = try ImageFile.readRGB(path)
        #expect(difference(Image(size: stored.size, channels: 3, values: high), expected) == nil)
        #expect(bits == 8 || Set(stored.values.map { $0 & 255 }).count > 1)
    }

    @Test func jpegsAreNotStoredWithoutLoss() {
        let error = imageError { _ = try ImageFile.readStored(ImageFixtures.path("jpeg444.jpg")) }
        #expect(error?.expected == "a PNG" && error?.got == "a colour JPEG")
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
