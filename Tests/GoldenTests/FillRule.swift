// The fill rule of the goldens (their README): every value is a function of a name.
import Annotations
import Foundation
import Networks

enum FillRule {
    /// `count` uniform numbers in [0, 1): SplitMix64 seeded with the FNV-1a hash of the name, 24 bits each.
    static func uniform(_ name: String, _ count: Int) -> [Double] {
        var seed: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return (0..<count).map { index in
            var z = seed &+ UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            z ^= z >> 31
            return Double(z >> 40) * 0x1p-24
        }
    }

    /// The values of a parameter or buffer of the official shape, before its gain.
    static func parameter(_ name: String, _ shape: [Int]) -> [Double] {
        let values = uniform(name, shape.reduce(1, *))
        let leaf = name.split(separator: ".").last.map(String.init) ?? name
        let fan = Double(shape.dropFirst().reduce(1, *))
        return values.map { u in
            let v = 2 * u - 1
            if leaf == "running_mean" { return 0.1 * v }
            if leaf == "running_var" { return 0.75 + 0.5 * u }
            if shape.count == 1 { return leaf == "weight" ? 1 + 0.1 * v : 0.1 * v }
            return v * (3 / fan).squareRoot()
        }
    }

    /// Image `name`: planar random bytes, brought to RGB pixels.
    static func image(_ name: String, height: Int, width: Int) -> Image<UInt8> {
        let planar = uniform(name, 3 * height * width).map { UInt8($0 * 256) }
        let area = height * width
        return Image<UInt8>(
            size: ImageSize(height: height, width: width), channels: 3,
            values: (0..<3 * area).map { planar[$0 % 3 * area + $0 / 3] })
    }

    /// Label map `name`: 16×16-pixel cells of at most six classes; 255 is ignored.
    static func target(_ name: String, height: Int, width: Int, classes: Int) -> ImageTargets {
        let (cell, kinds) = (16, min(classes, 6))
        let columns = (width + cell - 1) / cell
        let labels = uniform(name, (height + cell - 1) / cell * columns).map { u -> UInt16 in
            guard u <= 0.95 else { return 255 }
            let kind = Int((u * (Double(kinds) / 0.95)).rounded(.down))
            return UInt16(min(kind * (classes / kinds), classes - 1))
        }
        let map = (0..<height * width).map { labels[$0 / width / cell * columns + $0 % width / cell] }
        return ImageTargets(
            segments: MaskTargets(labels: map, height: height, width: width, ignoreLabel: 255), labels: map,
            boundaries: LabelImage(size: ImageSize(height: height, width: width), values: map)
                .boundaries(ignoreLabel: 255).values)
    }
}
