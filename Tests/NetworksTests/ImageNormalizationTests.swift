import Annotations
import Networks
import Tensors
import Testing

/// (x − mean) / deviation of each channel, in the input's order, zeros on the right and below.
@Suite struct ImageNormalizationTests {
    @Test(arguments: [1, 2, 3, 5], [false, true])
    func everySampleIsNormalised(channels: Int, reverses: Bool) {
        var normalization = ImageNormalization()
        normalization.mean = (0..<channels).map { 100 + 7 * Float($0) }
        normalization.deviation = (0..<channels).map { 50 + 3 * Float($0) }
        (normalization.divisibility, normalization.reversesChannels) = (4, reverses)
        let (height, width) = (5, 7)
        let bytes = (0..<height * width * channels).map { UInt8(truncatingIfNeeded: $0 &* 89) }
        func image<Sample>(_ convert: (UInt8) -> Sample) -> Image<Sample> {
            Image(
                size: ImageSize(height: height, width: width), channels: channels, values: bytes.map(convert))
        }
        let batch = normalization.batch([image { $0 }])
        #expect(batch.shape == [1, 8, 8, channels])
        let expected = (0..<8 * 8 * channels).map { index -> Float in
            let (pixel, channel) = (index / channels, index % channels)
            let (y, x) = (pixel / 8, pixel % 8)
            guard y < height, x < width else { return 0 }
            let byte = bytes[(y * width + x) * channels + (reverses ? channels - 1 - channel : channel)]
            return (Float(byte) - normalization.mean[channel]) / normalization.deviation[channel]
        }
        #expect(batch.array == expected)
        #expect(normalization.batch([image { UInt16($0) }]).array == expected)
        #expect(normalization.batch([image { Float($0) }]).array == expected)
        let (inner, outer) = (ImageSize(height: 3, width: 9), ImageSize(height: 12, width: 13))
        #expect(normalization.batch([image { $0 }], atLeast: inner).shape == [1, 8, 12, channels])
        let large = normalization.batch([image { $0 }], atLeast: outer)
        #expect(large.shape == [1, 12, 16, channels])
        #expect(large.array.filter { $0 != 0 } == expected.filter { $0 != 0 })
        // Beyond a byte's range.
        let wide = normalization.batch([image { UInt16($0) << 8 }]).array
        #expect(wide == normalization.batch([image { Float($0) * 256 }]).array && wide != expected)
    }
}
