/// Something that stands or drives in the street.
struct SceneObject {
    enum Kind: Equatable {
        case car, truck, bus, train
        case person, rider, motorcyclist
        case parkedBicycle, parkedMotorcycle
        case lamp, trafficLight, sign, tree, bin
        /// People too far to be told apart: labelled without instances.
        case crowd
    }

    let kind: Kind
    /// Metres to the right and ahead: the middle of what is nearest.
    let x, z: Float
    let tint, second: SceneColor
    /// 0.9 to 1.1 or so.
    let size: Float
    /// Comes towards the camera.
    let isFacing: Bool
    let seed: UInt32
}

/// Who is out in the street.
struct StreetTraffic {
    private let crossing: ClosedRange<Float>?
    private var random: SampleRandom
    private var objects: [SceneObject] = []
    private static let paints = [
        SceneColor(28, 28, 32), SceneColor(190, 190, 194), SceneColor(225, 225, 225), SceneColor(150, 24, 26),
        SceneColor(30, 52, 110), SceneColor(90, 94, 98), SceneColor(52, 80, 62), SceneColor(186, 160, 40),
    ]
    private static let clothes = [
        SceneColor(40, 42, 60), SceneColor(150, 36, 42), SceneColor(60, 92, 150), SceneColor(196, 190, 180),
        SceneColor(30, 30, 30), SceneColor(80, 110, 70), SceneColor(200, 150, 60), SceneColor(120, 70, 130),
    ]

    static func objects(
        sides: [StreetScene.Side], crossing: ClosedRange<Float>?, end: Float, random: SampleRandom
    ) -> [SceneObject] {
        var traffic = StreetTraffic(crossing: crossing, random: random)
        for side in sides {
            traffic.park(side, end)
            traffic.furnish(side, end)
            traffic.people(side)
        }
        traffic.drive(sides[0], sides[1])
        return traffic.objects
    }

    private mutating func add(_ kind: SceneObject.Kind, _ x: Float, _ z: Float, facing: Bool? = nil) {
        if let crossing, crossing ~= z, [.tree, .lamp, .bin].contains(kind) { return }
        let isVehicle = [.car, .truck, .bus, .train].contains(kind)
        objects.append(
            SceneObject(
                kind: kind, x: x, z: z, tint: random.pick(isVehicle ? Self.paints : Self.clothes),
                second: random.pick(Self.clothes), size: random.float(0.9, 1.1),
                isFacing: facing ?? random.nextBool(), seed: UInt32(truncatingIfNeeded: random.next())))
    }

    private mutating func park(_ side: StreetScene.Side, _ end: Float) {
        guard random.chance(0.7) else { return }
        var z = random.float(5, 14)
        while z < min(end, 70) {
            if random.chance(0.7) {
                let kind: SceneObject.Kind = random.chance(0.1) ? .truck : .car
                add(kind, side.sign * (side.kerb - (kind == .truck ? 1.35 : 1.05)), z, facing: side.sign < 0)
            }
            z += random.float(5.5, 9)
        }
    }

    private mutating func furnish(_ side: StreetScene.Side, _ end: Float) {
        let edge = side.sign * (side.kerb + 0.4)
        let kinds: [SceneObject.Kind] =
            random.chance(0.55)
            ? [.tree, .tree, .lamp, .sign, .trafficLight]
            : [.lamp, .lamp, .sign, .sign, .trafficLight, .bin]
        var z = random.float(6, 12)
        while z < min(end, 90) {
            add(random.pick(kinds), edge, z)
            z += random.float(5, 11)
        }
        guard random.chance(0.5) else { return }
        let kind: SceneObject.Kind = random.chance(0.65) ? .parkedBicycle : .parkedMotorcycle
        for index in 0..<random.nextInt(in: 1...3) {
            add(kind, edge + side.sign * 0.5, random.float(6, 9) + Float(index) * 1.8)
        }
    }

    private mutating func people(_ side: StreetScene.Side) {
        for _ in 0..<random.nextInt(in: 0...5) {
            let x = side.sign * random.float(side.kerb + 0.5, side.sidewalkEnd - 0.4)
            add(.person, x, random.float(6, 40))
        }
        if random.chance(0.2) { add(.crowd, side.sign * (side.kerb + side.sidewalkEnd) / 2, random.float(28, 50)) }
    }

    private mutating func drive(_ left: StreetScene.Side, _ right: StreetScene.Side) {
        if random.chance(0.55) { add(.car, random.float(-0.6, 0.6), random.float(10, 30), facing: false) }
        if random.chance(0.5) {
            let kind = random.pick([SceneObject.Kind.car, .car, .car, .truck, .bus, .train])
            add(kind, -min(left.kerb * 0.55, 3.2), random.float(12, 45), facing: true)
        }
        if random.chance(0.22) {
            let kind = random.pick([SceneObject.Kind.bus, .truck, .train])
            add(kind, random.float(-0.4, 0.4), random.float(22, 45), facing: false)
        }
        if random.chance(0.45) {
            let kind: SceneObject.Kind = random.nextBool() ? .rider : .motorcyclist
            add(kind, right.kerb - 0.9, random.float(6, 20))
        }
        if random.chance(0.25) { add(.person, random.float(-3, 3), random.float(9, 22)) }
        if random.chance(0.25) { add(.rider, -random.float(1, max(1.2, left.kerb - 1)), random.float(8, 25)) }
    }
}
