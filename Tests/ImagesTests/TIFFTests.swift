import Annotations
import Images
import Testing

/// Files of Tools/reference/tiff.py, with libtiff and without it.
@Suite struct TIFFTests {
    #if TIFF
        private func labels(_ height: Int, _ width: Int, _ value: (Int, Int) -> Int) -> LabelImage {
            let values = (0..<height * width).map { UInt16(value($0 / width, $0 % width)) }
            return LabelImage(size: ImageSize(height: height, width: width), values: values)
        }

        @Test(arguments: ["tiff16.tif", "tiff16lzw.tif", "tiff16big.tif"])
        func labelsAreTheStoredNumbers(file: String) throws {
            let expected = labels(19, 23) { ($0 * 2999 + $1 * 31) % 65_536 }
            let path = ImageFixtures.path(file)
            #expect(difference(try ImageFile.readLabels(path), expected) == nil)
            #expect(try ImageFile.size(of: path) == expected.size)
            #expect(try ImageFile.bitsPerValue(of: path) == 16)
        }

        @Test func levelsOfEightBits() throws {
            let expected = labels(19, 23) { ($0 * 2999 + $1 * 31) % 256 }
            let path = ImageFixtures.path("tiff8.tif")
            #expect(difference(try ImageFile.readLabels(path), expected) == nil)
            let error = imageError { _ = try ImageFile.readLabels(path, bits: 16) }
            #expect(error?.what == "has labels of the wrong depth" && error?.got == "a grey TIFF of 8 bits")
        }

        @Test func orientationTurnsLabels() throws {
            // Rotated clockwise: the first row comes from the first column, from below.
            let expected = labels(23, 19) { ((18 - $1) * 2999 + $0 * 31) % 65_536 }
            #expect(difference(try ImageFile.readLabels(ImageFixtures.path("tiff16turned.tif")), expected) == nil)
        }

        @Test(arguments: [("tifffloat.tif", "a TIFF of 32 bits"), ("tiffrgb.tif", "a 3-channel TIFF of 8 bits")])
        func otherValuesAreNoLabels(file: String, got: String) {
            let error = imageError { _ = try ImageFile.readLabels(ImageFixtures.path(file)) }
            #expect(error?.what == "is not a label image" && error?.got == got)
        }

        @Test func picturesAreNotRead() {
            let error = imageError { _ = try ImageFile.readRGB(ImageFixtures.path("tiffrgb.tif")) }
            #expect(error?.what == "is a TIFF, which is read for labels alone")
        }

        /// Cut or changed anywhere, a file is refused or read, and nothing else happens.
        @Test(arguments: ["tiff16.tif", "tiff16lzw.tif"]) func damageIsNamed(file: String) throws {
            let bytes = try ImageFixtures.bytes(file)
            let folder = try TemporaryFolder()
            let cut = try folder.write(bytes.prefix(bytes.count - 40), as: "cut.tif")
            let error = imageError { _ = try ImageFile.readLabels(cut) }
            #expect(error?.what == "is damaged or cut off" && error?.expected == "a whole TIFF file")
            var state: UInt32 = 7
            for _ in 0..<300 {
                var broken = bytes
                for _ in 0..<3 {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    broken[Int(state >> 8) % min(broken.count, 200)] = UInt8(state >> 24)
                }
                let path = try folder.write(broken, as: "broken.tif")
                _ = try? ImageFile.readLabels(path)
            }
        }
    #else
        @Test func theRefusalSaysHowToReadThem() {
            for read in [{ _ = try ImageFile.readLabels($0) }, { _ = try ImageFile.size(of: $0) }]
                as [(String) throws -> Void]
            {
                let error = imageError { try read(ImageFixtures.path("tiff16.tif")) }
                #expect(error?.what == "is a TIFF, which this build does not read")
                #expect(error?.advice.contains("swift build --traits TIFF") == true)
                #expect(error?.advice.contains("PNG of the same depth") == true)
            }
        }
    #endif
}
