import Images
import Testing

/// Whatever the bytes, reading gives an image or an `ImageError`.
@Suite struct MutationTests {
    @Test(arguments: [
        "rgb8.png", "palette4_interlaced.png", "exif6.png", "jpeg420.jpg", "progressive.jpg", "exif6.jpg",
    ])
    func twoThousandMutationsNeverCrash(_ name: String) throws {
        let whole = try ImageFixtures.bytes(name)
        let folder = try TemporaryFolder()
        var random = SplitMix(state: 7)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            let path = try folder.write(bytes, as: "mutation")
            do {
                let image = try ImageFile.readRGB(path)
                #expect(try ImageFile.size(of: path) == (image.width, image.height))
            } catch is ImageError {
                refused += 1
            }
            do { _ = try ImageFile.readLabels(path) } catch is ImageError {}
        }
        // Most are noticed: in a PNG by its checksums.
        #expect(refused > (name.hasSuffix("png") ? 1900 : 500))
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
