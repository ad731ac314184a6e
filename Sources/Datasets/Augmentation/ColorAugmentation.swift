import Annotations

/// Colour distortion of the Single Shot MultiBox Detector (Liu et al. 2016), as detectron2's
/// ColorAugSSDTransform and mmsegmentation's PhotoMetricDistortion do it: the values drawn for one image.
package struct ColorAugmentation: Sendable, Equatable {
    /// Added to every channel: −32 to 32.
    package var brightness: Double?
    /// Every channel times this: 0.5 to 1.5.
    package var contrast: Double?
    /// HSV's saturation times this: 0.5 to 1.5.
    package var saturation: Double?
    /// Added to OpenCV's hue (0 to 179): −18 to 18, in mmsegmentation to 17.
    package var hue: Int?
    /// Contrast before saturation and hue, or after them.
    package var contrastComesFirst: Bool

    /// The changes of one image; nil leaves a property as it is.
    package init(
        brightness: Double? = nil, contrast: Double? = nil, saturation: Double? = nil, hue: Int? = nil,
        contrastComesFirst: Bool = true
    ) {
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
        self.contrastComesFirst = contrastComesFirst
    }

    /// detectron2's turns of the hue.
    package static let hues = -18...18

    /// Each step with probability one half.
    package init(_ random: inout SampleRandom, hues: ClosedRange<Int> = hues) {
        brightness = random.nextBool() ? random.nextUniform(in: -32...32) : nil
        contrastComesFirst = random.nextBool()
        contrast = random.nextBool() ? random.nextUniform(in: 0.5...1.5) : nil
        saturation = random.nextBool() ? random.nextUniform(in: 0.5...1.5) : nil
        hue = random.nextBool() ? random.nextInt(in: hues) : nil
    }

    /// The distorted image. Every step rounds to 8 bits, as the official one does.
    package func apply(to image: Image<UInt8>) -> Image<UInt8> {
        precondition(image.channels == 3, "ColorAugmentation: \(image.channels) channels")
        var pixels = image.values
        if let brightness { Self.look(up: Self.table(times: 1, plus: Float(brightness)), &pixels) }
        let contrasts = contrast.map { Self.table(times: Float($0), plus: 0) }
        if let contrasts, contrastComesFirst { Self.look(up: contrasts, &pixels) }
        let sameHue = (0..<180).map { UInt8($0) }
        if let saturation {
            HueSaturationValue.adjust(
                &pixels, hue: sameHue, saturation: Self.table(times: Float(saturation), plus: 0))
        }
        if let hue {
            let turned = (0..<180).map { UInt8((($0 + hue) % 180 + 180) % 180) }
            HueSaturationValue.adjust(&pixels, hue: turned, saturation: Self.table(times: 1, plus: 0))
        }
        if let contrasts, !contrastComesFirst { Self.look(up: contrasts, &pixels) }
        return Image(size: image.size, channels: 3, values: pixels)
    }

    /// value · factor + offset in Float, clipped to a byte, the fraction cut off.
    private static func table(times factor: Float, plus offset: Float) -> [UInt8] {
        (0..<256).map { UInt8(min(max(Float($0) * factor + offset, 0), 255)) }
    }

    private static func look(up table: [UInt8], _ pixels: inout [UInt8]) {
        pixels.withUnsafeMutableBufferPointer { pixels in
            for index in pixels.indices { pixels[index] = table[Int(pixels[index])] }
        }
    }
}
