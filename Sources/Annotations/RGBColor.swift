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

extension RGBColor {
    /// How bright it looks: Rec. 601 luma, 0…255.
    package var luma: Int { (77 * Int(red) + 150 * Int(green) + 29 * Int(blue)) >> 8 }

    /// The same hue with three tenths of white; different colours stay different.
    package var lightened: RGBColor {
        func mix(_ level: UInt8) -> UInt8 {
            let tenths = 7 * Int(level) + 3 * 255
            return UInt8((tenths + 5) / 10)
        }
        return RGBColor(mix(red), mix(green), mix(blue))
    }

    /// `count` bright colours that differ from each other and from those in `taken`, the first ones the most.
    package static func distinct(_ count: Int, from taken: [RGBColor] = []) -> [RGBColor] {
        var (chosen, known) = ([RGBColor](), taken)
        // How far apart they are in some channel; less when there are many.
        var (distance, index, misses) = (48, 0, 0)
        while chosen.count < count {
            let color = spread(index)
            index += 1
            if known.allSatisfy({ color.distance(to: $0) >= distance }) {
                chosen.append(color)
                known.append(color)
                misses = 0
            } else {
                misses += 1
                if misses % 256 == 0 { distance = distance * 3 / 4 }
            }
        }
        return chosen
    }

    /// Hues a golden section of the circle apart, so that any number of consecutive ones are spread over it, in
    /// several brightnesses and saturations.
    private static func spread(_ index: Int) -> RGBColor {
        let hue = 6 * (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        let (saturation, value) = ([0.85, 0.5, 0.95, 0.7][index % 4], [250.0, 200, 150][index / 4 % 3])
        func level(_ offset: Double) -> UInt8 {
            let place = (offset + hue).truncatingRemainder(dividingBy: 6)
            return UInt8(value * (1 - saturation * max(0, min(place, 4 - place, 1))))
        }
        return RGBColor(level(5), level(3), level(1))
    }

    /// COCO's number of the colour.
    package var number: Int { Int(red) | Int(green) << 8 | Int(blue) << 16 }

    /// The colour, or one within 30 levels of it, that is usable and not taken; it is taken from now on.
    package func unused(
        in taken: inout Set<RGBColor>, where isUsable: (RGBColor) -> Bool = { _ in true }
    ) -> RGBColor {
        var (color, attempt) = (self, 0)
        while !isUsable(color) || !taken.insert(color).inserted {
            attempt += 1
            color = moved(attempt)
        }
        return color
    }

    /// Another colour within 30 levels.
    ///
    /// PARITY: panopticapi's IdGenerator draws offsets without a seed; consecutive attempts visit all of them.
    private func moved(_ attempt: Int) -> RGBColor {
        let side = 61
        let offset = attempt * 7919 % (side * side * side)
        func level(_ base: UInt8, _ place: Int) -> UInt8 { UInt8(clamping: Int(base) + place % side - side / 2) }
        return RGBColor(level(red, offset), level(green, offset / side), level(blue, offset / (side * side)))
    }

    private func distance(to other: RGBColor) -> Int {
        func gap(_ a: UInt8, _ b: UInt8) -> Int { abs(Int(a) - Int(b)) }
        return max(gap(red, other.red), gap(green, other.green), gap(blue, other.blue))
    }
}
