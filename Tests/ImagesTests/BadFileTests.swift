import Images
import Testing

@Suite struct BadFileTests {
    private let files = [
        "rgb8.png", "palette4_interlaced.png", "grey16.png", "jpeg420.jpg", "progressive.jpg",
        "jpeggrey.jpg",
    ]

    @Test func everyCutIsAnError() throws {
        let folder = try TemporaryFolder()
        for name in files {
            let whole = try ImageFixtures.bytes(name)
            for count in Set(stride(from: 0, to: whole.count, by: 41)).union(whole.count - 9..<whole.count) {
                // not.
                let path = try folder.write(whole.prefix(count), as: "cut")
                let error = imageError { _ = try ImageFile.readRGB(path) }
                #expect(error?.place == path, "\(name) cut to \(count) of \(whole.count)")
            }
        }
    }

    @Test func damagedPixelsAreAnError() throws {
        var png = try ImageFixtures.bytes("rgb8.png")
        png[png.count / 2] ^= 0x10
        let folder = try TemporaryFolder()
        let path = try folder.write(png, as: "damaged.png")
        let error = try #require(imageError { _ = try ImageFile.readRGB(path) })
        #expect(
            error.description.hasPrefix("\(path): is damaged or cut off (expected a whole PNG file, got \""))
        #expect(imageError { _ = try ImageFile.readLabels(path) } != nil)
    }

    @Test func missingFileSaysSo() {
        let error = imageError { _ = try ImageFile.readRGB("/nowhere/picture.png") }
        #expect(
            error?.description
                == "/nowhere/picture.png: cannot be opened (got No such file or directory); "
                + "check the path and its permissions")
    }

    @Test func folderAndOtherFormatsAreRefused() throws {
        let folder = try TemporaryFolder()
        #expect(imageError { _ = try ImageFile.size(of: folder.path) }?.what == "is not a file")
        let gif = try folder.write(Array("GIF89a and more".utf8), as: "picture.png")
        #expect(imageError { _ = try ImageFile.readRGB(gif) }?.what == "is neither PNG nor JPEG")
        let empty = try folder.write([], as: "empty.png")
        #expect(imageError { _ = try ImageFile.readRGB(empty) }?.got == "an empty file")
    }

    @Test func cmykIsRefused() {
        let error = imageError { _ = try ImageFile.readRGB(ImageFixtures.path("cmyk.jpg")) }
        #expect(error?.expected == "a grey or RGB image")
        #expect(error?.got == "a CMYK JPEG")
    }

    @Test(arguments: [
        ("rgb8.png", "a RGB PNG of 8 bits"), ("rgba16.png", "a RGB with alpha PNG of 16 bits"),
        ("greyalpha8.png", "a grey with alpha PNG of 8 bits"), ("jpeggrey.jpg", "a grey JPEG"),
    ])
    func picturesAreNoLabels(_ file: String, _ got: String) {
        let error = imageError { _ = try ImageFile.readLabels(ImageFixtures.path(file)) }
        #expect(error?.what == "is not a label image")
        #expect(error?.got == got)
    }

    @Test func hugeSizesAreRefusedBeforeMemoryIsAsked() throws {
        // A JPEG whose frame header claims 65500 x 65500.
        var jpeg = try ImageFixtures.bytes("jpeg444.jpg")
        let frame = try #require(
            jpeg.indices.first { $0 + 1 < jpeg.count && jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
        let folder = try TemporaryFolder()
        let path = try folder.write(jpeg, as: "huge.jpg")
        let error = imageError { _ = try ImageFile.readRGB(path) }
        #expect(error?.what == "has an unusable size")
        #expect(error?.got == "65500x65500")
    }
}
