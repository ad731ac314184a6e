extension RGBColor {
    /// The colour that PASCAL VOC gives a number: bits 0, 3, … of the number are red's from the highest down, bits 1,
    /// 4, … green's, bits 2, 5, … blue's. Numbers below 2²⁴ have different colours; 0 is black.
    package static func pascal(_ number: Int) -> RGBColor {
        func level(_ channel: Int) -> UInt8 {
            (0..<8).reduce(0) { $0 | UInt8(number >> (3 * $1 + channel) & 1) << (7 - $1) }
        }
        return RGBColor(level(0), level(1), level(2))
    }
}
