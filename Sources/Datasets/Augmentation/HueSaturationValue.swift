/// OpenCV's 8-bit HSV (hue 0 to 179), bit for bit; a test compares every colour.
package enum HueSaturationValue {
    /// OpenCV's fixed-point reciprocals: cvRound(range · 2¹² / (step · i)).
    private struct Reciprocals {
        let saturation: [Int32]
        let hue: [Int32]

        init() {
            func table(_ range: Double, _ step: Double) -> [Int32] {
                (0..<256).map {
                    $0 == 0 ? 0 : Int32((range * 4096 / (step * Double($0))).rounded(.toNearestOrEven))
                }
            }
            saturation = table(255, 1)
            hue = table(180, 6)
        }
    }

    private static let reciprocals = Reciprocals()
    /// By hue: which sixth of the circle, and how far into it.
    private static let sectors: [(sector: Int, part: Float)] = (0..<180).map {
        let scaled = Float($0) * Float(6.0 / 180)
        return (Int(scaled), scaled - scaled.rounded(.down))
    }

    /// Replaces every pixel (RGB) by what it is after `hue` and `saturation` (tables of 180 and 256) in HSV.
    static func adjust(_ pixels: inout [UInt8], hue: [UInt8], saturation: [UInt8]) {
        precondition(
            hue.count == 180 && saturation.count == 256, "HSV: tables of \(hue.count) and \(saturation.count)"
        )
        let reciprocals = Self.reciprocals
        let sectors = Self.sectors
        pixels.withUnsafeMutableBufferPointer { pixels in
            reciprocals.saturation.withUnsafeBufferPointer { saturations in
                reciprocals.hue.withUnsafeBufferPointer { hues in
                    for start in stride(from: 0, to: pixels.count, by: 3) {
                        let color = (pixels[start], pixels[start + 1], pixels[start + 2])
                        let hsv = fromRGB(color, saturations, hues)
                        let (sector, part) = sectors[Int(hue[Int(hsv.0)])]
                        let rgb = toRGB(sector, part, saturation[Int(hsv.1)], hsv.2)
                        (pixels[start], pixels[start + 1], pixels[start + 2]) = rgb
                    }
                }
            }
        }
    }

    /// cv2.cvtColor(…, COLOR_RGB2HSV) of one pixel.
    package static func fromRGB(_ color: (UInt8, UInt8, UInt8)) -> (UInt8, UInt8, UInt8) {
        reciprocals.saturation.withUnsafeBufferPointer { saturations in
            reciprocals.hue.withUnsafeBufferPointer { fromRGB(color, saturations, $0) }
        }
    }

    /// cv2.cvtColor(…, COLOR_HSV2RGB) of one pixel.
    package static func toRGB(_ hsv: (UInt8, UInt8, UInt8)) -> (UInt8, UInt8, UInt8) {
        let (sector, part) = sectors[Int(hsv.0)]
        return toRGB(sector, part, hsv.1, hsv.2)
    }

    @inline(__always)
    private static func fromRGB(
        _ color: (UInt8, UInt8, UInt8), _ saturations: UnsafeBufferPointer<Int32>,
        _ hues: UnsafeBufferPointer<Int32>
    ) -> (UInt8, UInt8, UInt8) {
        let (red, green, blue) = (Int32(color.0), Int32(color.1), Int32(color.2))
        let value = max(red, max(green, blue))
        let range = value - min(red, min(green, blue))
        let saturation = (range * saturations[Int(value)] + 2048) >> 12
        let position =
            value == red
            ? green - blue : value == green ? blue - red + 2 * range : red - green + 4 * range
        let signed = (position * hues[Int(range)] + 2048) >> 12
        let hue = signed < 0 ? signed + 180 : signed
        return (
            UInt8(truncatingIfNeeded: hue), UInt8(truncatingIfNeeded: saturation),
            UInt8(truncatingIfNeeded: value)
        )
    }

    /// PARITY: OpenCV's vector code, which handles all but the last (width mod 32) pixels of a row: fused
    /// multiply-adds, and the fraction is cut off (its scalar code for the rest would round).
    @inline(__always)
    private static func toRGB(
        _ sector: Int, _ part: Float, _ saturation: UInt8, _ value: UInt8
    ) -> (UInt8, UInt8, UInt8) {
        let strength = Float(saturation) * Float(1.0 / 255)
        let brightness = Float(value) * Float(1.0 / 255)
        // Products of two floats are exact in Double: rounded once, as a fused multiply-add is.
        func faded(_ share: Float) -> UInt8 {
            UInt8(truncatingIfNeeded: Int32(brightness * Float(1 - Double(strength) * Double(share)) * 255))
        }
        let full = value
        switch sector {
        case 0: return (full, faded(1 - part), faded(1))
        case 1: return (faded(part), full, faded(1))
        case 2: return (faded(1), full, faded(1 - part))
        case 3: return (faded(1), faded(part), full)
        case 4: return (faded(1 - part), faded(1), full)
        default: return (full, faded(1), faded(part))
        }
    }
}
