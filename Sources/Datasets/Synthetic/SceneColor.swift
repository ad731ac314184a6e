/// A colour in 0…255 before the camera rounds it.
typealias SceneColor = SIMD3<Float>

extension SceneColor {
    init(_ red: Int, _ green: Int, _ blue: Int) { self.init(Float(red), Float(green), Float(blue)) }

    /// `share` of the way to `other`.
    func mixed(_ other: SceneColor, _ share: Float) -> SceneColor { self + (other - self) * share }
}

extension SampleRandom {
    /// Uniform between two bounds.
    mutating func float(_ from: Float, _ to: Float) -> Float { from + (to - from) * Float(nextUniform()) }

    /// True with this probability.
    mutating func chance(_ probability: Double) -> Bool { nextUniform() < probability }

    /// One of `values`, which may not be empty.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[nextInt(below: values.count)] }
}

/// Smooth random functions of the plane: value noise on an integer grid.
enum SceneNoise {
    /// 0 to 1, different for each integer point and seed.
    @inline(__always)
    static func hash(_ x: Int32, _ y: Int32, _ seed: UInt32) -> Float {
        var bits = UInt32(bitPattern: x) &* 0x85EB_CA6B ^ UInt32(bitPattern: y) &* 0xC2B2_AE35 ^ seed &* 0x27D4_EB2F
        bits = (bits ^ (bits >> 15)) &* 0x2C1B_3C6D
        bits = (bits ^ (bits >> 12)) &* 0x297A_2D39
        bits ^= bits >> 15
        return Float(bits >> 8) * 0x1p-24
    }

    /// 0 to 1, with features of size 1.
    static func smooth(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
        // Far away a texture coordinate may be anything: keep it inside Int32.
        let (x, y) = (min(max(x, -1e6), 1e6), min(max(y, -1e6), 1e6))
        let (floorX, floorY) = (x.rounded(.down), y.rounded(.down))
        let (column, row) = (Int32(floorX), Int32(floorY))
        let (u, v) = (x - floorX, y - floorY)
        let (s, t) = (u * u * (3 - 2 * u), v * v * (3 - 2 * v))
        let upper = hash(column, row, seed) * (1 - s) + hash(column + 1, row, seed) * s
        let lower = hash(column, row + 1, seed) * (1 - s) + hash(column + 1, row + 1, seed) * s
        return upper * (1 - t) + lower * t
    }

    /// Three octaves, 0 to 1.
    static func rough(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
        (smooth(x, y, seed) * 4 + smooth(x * 2.1, y * 2.1, seed &+ 1) * 2
            + smooth(x * 4.3, y * 4.3, seed &+ 2)) / 7
    }
}
