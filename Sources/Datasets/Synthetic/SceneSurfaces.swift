/// What the surfaces of a street look like, in metres on the surface.
enum SceneSurfaces {
    /// Asphalt, lighter where wheels run, patched here and there.
    static func road(_ x: Float, _ z: Float, seed: UInt32) -> SceneColor {
        let patch = SceneNoise.smooth(x * 0.35, z * 0.12, seed)
        let grain = SceneNoise.rough(x * 3, z * 1.5, seed &+ 7)
        return SceneColor(repeating: 78 + 22 * patch + 22 * grain) * SceneColor(1, 0.99, 1.02)
    }

    /// White paint, worn.
    static func marking(_ x: Float, _ z: Float, seed: UInt32) -> SceneColor {
        SceneColor(repeating: 175 + 45 * SceneNoise.smooth(x * 4, z * 2, seed))
    }

    /// Paving stones with dark joints, of a warmer grey than the road.
    static func sidewalk(_ x: Float, _ z: Float, tint: SceneColor, seed: UInt32) -> SceneColor {
        let stone: Float = 0.6
        let (column, row) = ((x / stone).rounded(.down), (z / stone).rounded(.down))
        let own = SceneNoise.hash(Int32(min(max(column, -1e5), 1e5)), Int32(min(max(row, -1e5), 1e5)), seed)
        let isJoint = x / stone - column < 0.07 || z / stone - row < 0.1
        let grain = SceneNoise.rough(x * 2.5, z * 2.5, seed &+ 3)
        return tint * ((isJoint && z < 18 ? 0.72 : 0.9) + 0.14 * own + 0.16 * grain)
    }

    /// Grass.
    static func terrain(_ x: Float, _ z: Float, seed: UInt32) -> SceneColor {
        let tuft = SceneNoise.rough(x * 5, z * 2.2, seed)
        let dry = SceneNoise.smooth(x * 0.6, z * 0.3, seed &+ 5)
        return SceneColor(86, 112, 52).mixed(SceneColor(140, 132, 72), dry * 0.8) * (0.7 + 0.6 * tuft)
    }

    /// Leaves: bright against dark holes.
    static func leaves(_ x: Float, _ y: Float, tint: SceneColor, seed: UInt32) -> SceneColor {
        let clump = SceneNoise.rough(x * 1.6, y * 1.6, seed)
        let leaf = SceneNoise.smooth(x * 8, y * 8, seed &+ 9)
        return tint * (0.35 + 0.75 * clump + 0.45 * leaf)
    }

    /// Brick rows or poured concrete.
    static func wall(_ z: Float, _ y: Float, tint: SceneColor, hasBricks: Bool, seed: UInt32) -> SceneColor {
        let grain = 0.85 + 0.25 * SceneNoise.rough(z * 1.3, y * 2, seed)
        if !hasBricks { return tint * (grain * (abs(y - 1.1) < 0.03 ? 0.75 : 1)) }
        let row = (y / 0.22).rounded(.down)
        let along = z / 0.5 + (row.truncatingRemainder(dividingBy: 2) == 0 ? 0 : 0.5)
        let isJoint = y / 0.22 - row < 0.15 || along - along.rounded(.down) < 0.08
        return tint * (grain * (isJoint ? 1.25 : 0.95))
    }

    /// Slats or bars; nil between them.
    static func fence(_ z: Float, _ y: Float, top: Float, tint: SceneColor, isOpen: Bool, seed: UInt32)
        -> SceneColor?
    {
        let slat = z / 0.28 - (z / 0.28).rounded(.down)
        let isRail = abs(y - 0.25) < 0.07 || abs(y - top + 0.12) < 0.07
        let isPost = z / 2.4 - (z / 2.4).rounded(.down) < 0.07
        if isRail || isPost { return tint * 0.85 }
        if slat < 0.62 { return tint * (0.95 + 0.2 * SceneNoise.smooth(z * 3, y * 3, seed)) }
        return isOpen ? tint * 0.45 : tint * 0.6
    }

    /// A gradient from the zenith to the horizon, with clouds.
    static func sky(
        _ u: Float, _ v: Float, zenith: SceneColor, horizon: SceneColor, clouds: Float, seed: UInt32
    ) -> SceneColor {
        let altitude = min(max(-v * 2.2, 0), 1)
        let clear = horizon.mixed(zenith, altitude)
        let puff = SceneNoise.rough(u * 3.5, v * 9, seed)
        let cover = min(max((puff - (1 - clouds)) * 3, 0), 1)
        return clear.mixed(
            SceneColor(236, 238, 242) * (0.86 + 0.14 * SceneNoise.smooth(u * 6, v * 14, seed &+ 4)), cover)
    }
}
