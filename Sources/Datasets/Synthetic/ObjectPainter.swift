/// Paints objects and numbers their instances.
struct ObjectPainter {
    var canvas: SceneCanvas
    private(set) var counts: [UInt16: UInt16] = [:]

    /// The next instance number of a label: id · 1000 + k.
    mutating func number(_ label: UInt16) -> UInt16 {
        let count = counts[label, default: 0]
        counts[label] = count + 1
        return label * 1000 + count
    }

    mutating func paint(_ object: SceneObject) {
        switch object.kind {
        case .car, .truck, .bus, .train: paintVehicle(object)
        case .person: person(object, x: object.x, lift: 0, label: 24, number: number(24))
        case .rider, .motorcyclist: rider(object)
        case .parkedBicycle: twoWheeler(object, label: 33)
        case .parkedMotorcycle: twoWheeler(object, label: 32)
        case .lamp: lamp(object)
        case .trafficLight: trafficLight(object)
        case .sign: sign(object)
        case .tree: tree(object)
        case .bin: bin(object)
        case .crowd:
            for index in 0..<6 {
                let x = object.x + (Float(index) - 2.5) * 0.34
                person(object, x: x, lift: 0, label: 24, number: 24, variant: UInt32(index))
            }
        }
    }

    /// Head, body and legs in their clothes; `lift` metres above the ground.
    mutating func person(
        _ object: SceneObject, x: Float, lift: Float, label: UInt16, number: UInt16, variant: UInt32 = 0
    ) {
        let seed = object.seed &+ variant
        let tall = (1.6 + 0.3 * SceneNoise.hash(1, 0, seed)) * object.size
        let stride = 0.08 + 0.16 * SceneNoise.hash(2, 0, seed)
        let skin = SceneColor(222, 180, 150).mixed(SceneColor(110, 76, 56), SceneNoise.hash(3, 0, seed))
        let hair = SceneColor(30, 26, 24).mixed(SceneColor(150, 110, 60), SceneNoise.hash(4, 0, seed))
        let (shirt, trousers) = variant % 2 == 0 ? (object.tint, object.second) : (object.second, object.tint)
        canvas.paintUpright(
            z: object.z, center: x, half: 0.45, bottom: lift, top: lift + tall, label: label, instance: number
        ) { px, py in
            let (across, up) = (px - x, (py - lift) / tall)
            let shade = 0.75 + 0.35 * SceneNoise.smooth(px * 9, py * 7, seed)
            if up > 0.86 {
                let (dx, dy) = (across / 0.115, (up - 0.93) * tall / 0.13)
                guard dx * dx + dy * dy < 1 else { return nil }
                return (up > 0.94 || !object.isFacing ? hair : skin) * shade
            }
            if up > 0.46 {
                let half = 0.24 - 0.05 * abs(up - 0.75) / 0.3
                guard abs(across) < half else { return nil }
                // Arms are a little darker.
                return shirt * (shade * (abs(across) > half - 0.07 ? 0.75 : 1))
            }
            let open = stride * (1 - up / 0.46)
            guard abs(abs(across) - open * 0.9 - 0.05) < 0.085 else { return nil }
            return (up < 0.05 ? SceneColor(30, 28, 28) : trousers * 0.7) * shade
        }
    }

    private mutating func rider(_ object: SceneObject) {
        let isMotor = object.kind == .motorcyclist
        person(object, x: object.x, lift: 0.35, label: 25, number: number(25))
        // The machine is in front of the legs: a little nearer.
        twoWheeler(object, label: isMotor ? 32 : 33, ahead: 0.05)
    }

    /// Seen from behind when ridden, from the side when parked.
    private mutating func twoWheeler(
        _ object: SceneObject, label: UInt16, ahead: Float = 0
    ) {
        let isRidden = ahead > 0
        let isMotor = label == 32
        let wheel: Float = isMotor ? 0.31 : 0.34
        let half: Float = isRidden ? (isMotor ? 0.38 : 0.28) : (isMotor ? 0.98 : 0.85)
        let paint = isMotor ? object.second * 0.9 : object.second
        canvas.paintUpright(
            z: object.z - ahead, center: object.x, half: half, top: isMotor ? 1.15 : 1.05, label: label,
            instance: number(label)
        ) { px, y in
            let x = px - object.x
            return isRidden
                ? Self.machineFromBehind(x, y, half, isMotor: isMotor, paint)
                : Self.machineFromTheSide(x, y, half - wheel, wheel, isMotor: isMotor, paint)
        }
    }

    private static func machineFromBehind(
        _ x: Float, _ y: Float, _ half: Float, isMotor: Bool, _ paint: SceneColor
    ) -> SceneColor? {
        let tyre: Float = isMotor ? 0.1 : 0.045
        if y < 0.66, abs(x) < tyre { return SceneColor(24, 24, 26) }
        if isMotor, y > 0.35, y < 0.85, abs(x) < 0.22 {
            return y > 0.6 && y < 0.7 && abs(x) < 0.08 ? SceneColor(200, 30, 30) : paint
        }
        if y > 0.95, y < 1.02 { return SceneColor(50, 50, 52) }
        return y > 0.66 && abs(x) < 0.05 ? paint : nil
    }

    private static func machineFromTheSide(
        _ x: Float, _ y: Float, _ axle: Float, _ wheel: Float, isMotor: Bool, _ paint: SceneColor
    ) -> SceneColor? {
        let dx = abs(x) - axle
        let radius = (dx * dx + (y - wheel) * (y - wheel)).squareRoot()
        let rim: Float = isMotor ? 0.13 : 0.06
        if radius < wheel {
            return radius > wheel - rim ? SceneColor(26, 26, 28) : isMotor ? SceneColor(90, 90, 94) : nil
        }
        if isMotor, abs(x) < axle * 0.8, y > 0.3, y < 0.8 + 0.1 * x { return y < 0.45 ? SceneColor(70, 70, 74) : paint }
        // A frame of three bars, saddle and handlebar.
        if abs(y - 0.34 - abs(x) * 0.9) < 0.045 && y < 0.8 { return paint }
        if abs(y - 0.74) < 0.04 && abs(x) < axle * 0.75 { return paint }
        if y > 0.84, y < 0.95, abs(abs(x) - axle * 0.72) < 0.14 { return SceneColor(30, 30, 32) }
        return nil
    }

    private mutating func tree(_ object: SceneObject) {
        let trunk = 2.1 + 1.2 * SceneNoise.hash(0, 5, object.seed)
        let crown = (1.5 + 1.4 * SceneNoise.hash(0, 6, object.seed)) * object.size
        let middle = trunk + crown * 0.9
        let leaves = SceneColor(70, 104, 42).mixed(SceneColor(112, 118, 50), SceneNoise.hash(0, 7, object.seed))
        let half = crown * 1.3
        canvas.paintUpright(z: object.z, center: object.x, half: half, top: middle + half, label: 21) { px, y in
            let x = px - object.x
            let (dx, dy) = (x / crown, (y - middle) / (crown * 1.1))
            let edge = 0.75 + 0.5 * SceneNoise.rough(px * 1.7, y * 1.7, object.seed &+ 1)
            if dx * dx + dy * dy < edge {
                return SceneSurfaces.leaves(px, y, tint: leaves, seed: object.seed) * (1 + 0.18 * dy)
            }
            guard y < middle, abs(x) < 0.15 else { return nil }
            return SceneColor(84, 66, 50) * (0.7 + 0.5 * SceneNoise.smooth(px * 12, y * 3, object.seed))
        }
    }

    private mutating func bin(_ object: SceneObject) {
        canvas.paintUpright(z: object.z, center: object.x, half: 0.28, top: 0.95, label: 4) { _, y in
            y > 0.8 ? SceneColor(40, 44, 42) : SceneColor(64, 84, 66)
        }
    }
}
