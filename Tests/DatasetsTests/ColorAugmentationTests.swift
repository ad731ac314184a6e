import Datasets
import Testing

@Suite struct ColorAugmentationTests {
    /// Every hue, saturation, value: OpenCV's bytes.
    @Test func everyHSVBecomesOpenCVsRGB() {
        var folded = Folded()
        for hue in 0..<180 {
            for saturation in 0..<256 {
                for value in 0..<256 {
                    folded.add(HueSaturationValue.toRGB((UInt8(hue), UInt8(saturation), UInt8(value))))
                }
            }
        }
        #expect(folded.sum == AugmentationReference.everyRGB)
    }

    /// Every colour: OpenCV's bytes.
    @Test func everyRGBBecomesOpenCVsHSV() {
        var folded = Folded()
        for red in 0..<256 {
            for green in 0..<256 {
                for blue in 0..<256 {
                    folded.add(HueSaturationValue.fromRGB((UInt8(red), UInt8(green), UInt8(blue))))
                }
            }
        }
        #expect(folded.sum == AugmentationReference.everyHSV)
    }

    @Test(arguments: AugmentationReference.distortions.indices)
    func distortionsEqualTheOfficialOnes(index: Int) {
        let (augmentation, expected) = AugmentationReference.distortions[index]
        let distorted = augmentation.apply(to: TestData.picture(height: 37, width: 64))
        #expect(TestData.hash(distorted.values) == expected, "\(augmentation)")
    }

    @Test func drawnValuesStayInTheirRangesAndAllOccur() {
        var seen: [String: Int] = [:]
        for index in 0..<2000 {
            var random = SampleRandom(seed: 5, epoch: 0, index: index)
            let drawn = ColorAugmentation(&random)
            if let brightness = drawn.brightness {
                #expect(abs(brightness) <= 32); seen["brightness", default: 0] += 1
            }
            if let contrast = drawn.contrast {
                #expect(0.5...1.5 ~= contrast); seen["contrast", default: 0] += 1
            }
            if let saturation = drawn.saturation {
                #expect(0.5...1.5 ~= saturation); seen["saturation", default: 0] += 1
            }
            if let hue = drawn.hue { #expect(-18...18 ~= hue); seen["hue \(hue)", default: 0] += 1 }
            if drawn.contrastComesFirst { seen["first", default: 0] += 1 }
        }
        // A fair coin thrown 2000 times stays within 5 standard deviations (112) of 1000.
        for name in ["brightness", "contrast", "saturation", "first"] {
            #expect(abs(seen[name, default: 0] - 1000) < 112, "\(name)")
        }
        #expect((-18...18).allSatisfy { seen["hue \($0)", default: 0] > 0 })
    }

    /// The hash `folded` of Tools/reference/augmentation.py.
    private struct Folded {
        private(set) var sum: UInt64 = 0
        private var weight: UInt64 = 1

        mutating func add(_ bytes: (UInt8, UInt8, UInt8)) {
            for byte in [bytes.0, bytes.1, bytes.2] {
                sum &+= (UInt64(byte) + 1) &* (weight &* 0x9E37_79B9_7F4A_7C15)
                weight &+= 2
            }
        }
    }
}
