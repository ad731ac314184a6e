/// An 8-bit colour.
package struct RGBColor: Sendable, Hashable {
    /// 0…255 each.
    package var red, green, blue: UInt8

    /// From three levels of 0…255.
    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The grey of one level.
    package init(grey level: UInt8) {
        self.init(level, level, level)
    }

    /// Red, green, blue, as JSON files list them.
    package var levels: [Int] { [Int(red), Int(green), Int(blue)] }
}
