import Annotations

/// Weights and pictures that are functions of names, for comparisons with what other code computes of the same
/// (`Tools/reference/fill.py` is the same in Python).
package enum FillRule {
    /// `count` uniform numbers in [0, 1): SplitMix64 seeded with the FNV-1a hash of the name, 24 bits each.
    package static func uniform(_ name: String, _ count: Int) -> [Double] {
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

    /// The values of a parameter or buffer of the official shape.
    package static func parameter(_ name: String, _ shape: [Int]) -> [Double] {
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
    package static func image(_ name: String, height: Int, width: Int) -> Image<UInt8> {
        let planar = uniform(name, 3 * height * width).map { UInt8($0 * 256) }
        let area = height * width
        return Image<UInt8>(
            size: ImageSize(height: height, width: width), channels: 3,
            values: (0..<3 * area).map { planar[$0 % 3 * area + $0 / 3] })
    }
}
