/// A random street: everything that `StreetRenderer` needs, drawn from one stream of random numbers.
struct StreetScene {
    /// A stretch of ground to the left or right of the road.
    struct Side {
        /// −1 left, 1 right.
        let sign: Float
        /// Metres from the camera's axis to the kerb, on to the end of the sidewalk, and to the buildings.
        let kerb, sidewalkEnd, buildings: Float
    }

    let camera: SceneCamera
    let sides: [Side]
    let facades: [SceneFacade]
    let objects: [SceneObject]
    /// Where a street crosses.
    let crossing: ClosedRange<Float>?
    /// What closes the view.
    let endDistance: Float
    let endIsTrees: Bool
    let zenith, skyline: SceneColor
    let clouds: Float
    /// The side the sun stands on (its houses are dark and throw shadows), and shadow metres for each metre
    /// of height.
    let sunSide: Float
    let shadowLength: Float
    /// How dark shadows are.
    let shadowDepth: Float
    let sidewalkTint, leafTint: SceneColor
    let laneWidth: Float
    let exposure: SceneColor
    let noise: Float
    let showsHood: Bool
    let seed: UInt32

    init(width: Int, height: Int, random: inout SampleRandom) {
        seed = UInt32(truncatingIfNeeded: random.next())
        let isOvercast = random.chance(0.4)
        zenith = isOvercast ? SceneColor(185, 190, 198) : SceneColor(92, 142, 205)
        skyline = isOvercast ? SceneColor(222, 224, 226) : SceneColor(205, 220, 235)
        clouds = isOvercast ? random.float(0.5, 0.8) : random.float(0.2, 0.55)
        camera = SceneCamera(
            width: width, height: height, focalLength: Float(width) * random.float(0.8, 1.1),
            horizon: Float(height) * random.float(0.4, 0.5), center: Float(width) * random.float(0.4, 0.6),
            eyeHeight: random.float(1.2, 1.6), haze: skyline, visibility: random.float(130, 500))
        sunSide = random.nextBool() ? 1 : -1
        shadowLength = random.float(0.15, 0.7)
        shadowDepth = isOvercast ? random.float(0.05, 0.2) : random.float(0.35, 0.55)
        sidewalkTint = random.pick([
            SceneColor(158, 150, 146), SceneColor(150, 140, 128), SceneColor(140, 140, 146),
        ])
        leafTint = random.pick([SceneColor(78, 108, 44), SceneColor(62, 96, 50), SceneColor(98, 112, 40)])
        laneWidth = random.float(3, 3.6)
        exposure =
            SceneColor(random.float(0.9, 1.1), random.float(0.93, 1.07), random.float(0.9, 1.1))
            * random.float(0.75, 1.12)
        noise = random.float(2, 6)
        showsHood = random.chance(0.6)
        endDistance = random.float(70, 150)
        endIsTrees = random.nextBool()
        let crossingStart = random.float(22, 50)
        crossing = random.chance(0.35) ? crossingStart...(crossingStart + random.float(7, 10)) : nil
        sides = [Self.side(-1, from: 3.2, to: 7.5, &random), Self.side(1, from: 2.4, to: 5.5, &random)]
        var street = StreetPlan(end: endDistance, crossing: crossing, leafTint: leafTint)
        for side in sides { street.build(side, &random) }
        facades = street.facades
        objects = StreetTraffic.objects(sides: sides, crossing: crossing, end: endDistance, random: random)
    }

    private static func side(_ sign: Float, from: Float, to: Float, _ random: inout SampleRandom) -> Side {
        let kerb = random.float(from, to)
        let sidewalkEnd = kerb + random.float(2, 4.5)
        return Side(
            sign: sign, kerb: kerb, sidewalkEnd: sidewalkEnd,
            buildings: sidewalkEnd + (random.chance(0.55) ? random.float(2, 7) : 0))
    }
}

/// Puts houses, walls, fences and hedges along a side of the street.
struct StreetPlan {
    let end: Float
    let crossing: ClosedRange<Float>?
    let leafTint: SceneColor
    private(set) var facades: [SceneFacade] = []

    private static let plasters = [
        SceneColor(176, 160, 132), SceneColor(150, 88, 70), SceneColor(128, 128, 132), SceneColor(196, 190, 178),
        SceneColor(168, 140, 110), SceneColor(112, 100, 94), SceneColor(188, 168, 120), SceneColor(140, 150, 156),
    ]

    mutating func build(_ side: StreetScene.Side, _ random: inout SampleRandom) {
        var z: Float = 0.6
        let isGreen = random.chance(0.2)
        while z < end {
            var far = min(z + random.float(8, 24), end)
            if let crossing, z < crossing.upperBound, far > crossing.lowerBound {
                if z >= crossing.lowerBound {
                    z = crossing.upperBound
                    continue
                }
                far = crossing.lowerBound
            }
            let isGap = random.chance(isGreen ? 0.6 : 0.15)
            add(isGap ? .hedge : .building, side.sign * (side.buildings + (isGap ? 0.5 : 0)), z, far, &random)
            // Something low in front of the houses where there is room for it.
            if side.buildings - side.sidewalkEnd > 1.5 || isGap, random.chance(0.65) {
                let kind = random.pick([SceneFacade.Kind.wall, .wall, .fence, .fence, .hedge])
                add(kind, side.sign * (side.sidewalkEnd + 0.2), z, far, &random)
            }
            z = far
        }
    }

    private mutating func add(
        _ kind: SceneFacade.Kind, _ x: Float, _ near: Float, _ far: Float, _ random: inout SampleRandom
    ) {
        let hasBricks = random.nextBool()
        let tint: SceneColor =
            switch kind {
            case .building: random.pick(Self.plasters) * random.float(0.8, 1.1)
            case .wall: hasBricks ? SceneColor(142, 86, 70) : SceneColor(150, 148, 150) * random.float(0.8, 1.1)
            case .fence: random.pick([SceneColor(96, 74, 56), SceneColor(60, 68, 66), SceneColor(190, 186, 180)])
            case .hedge: leafTint
            }
        let height: Float =
            switch kind {
            case .building: random.float(7, 22)
            case .wall: random.float(1, 2.4)
            case .fence: random.float(1, 1.9)
            case .hedge: abs(x) > 12 || random.chance(0.3) ? random.float(4, 10) : random.float(1, 2.2)
            }
        facades.append(
            SceneFacade(
                kind: kind, x: x, near: near, far: far, height: height, tint: tint,
                trim: tint.mixed(SceneColor(225, 222, 215), random.float(0.2, 0.8)), storey: random.float(2.9, 3.6),
                windowSpacing: random.float(1.8, 3.2), hasBricks: hasBricks, hasShops: random.chance(0.4),
                seed: UInt32(truncatingIfNeeded: random.next())))
    }
}
