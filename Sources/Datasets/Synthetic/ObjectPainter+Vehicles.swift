/// The shape of a vehicle: the side as a function of the distance along it, the rear as a box with a narrower
/// cabin.
private struct VehicleBody {
    let label: UInt16
    let length, halfWidth, height, waist, ground: Float
    /// Where the cabin begins and ends along the side, and how steep its windows are.
    let cabin: ClosedRange<Float>
    let slope: Float

    init(_ object: SceneObject) {
        let size = object.size
        switch object.kind {
        case .truck:
            (label, length, halfWidth, height, waist, ground) = (27, 7.5 * size, 1.25, 3.1 * size, 1.5, 0.5)
            (cabin, slope) = (0...length, 0)
        case .bus:
            (label, length, halfWidth, height, waist, ground) = (28, 11, 1.28, 3.05, 1.15, 0.3)
            (cabin, slope) = (0...length, 0)
        case .train:
            (label, length, halfWidth, height, waist, ground) = (31, 24, 1.3, 3.4, 1.2, 0.2)
            (cabin, slope) = (0...length, 0)
        default:
            (label, length, halfWidth, height, waist, ground) = (26, 4.3 * size, 0.9, 1.48 * size, 0.92 * size, 0.2)
            let start: Float = SceneNoise.hash(5, 5, object.seed) < 0.5 ? 0.1 : 0.6
            (cabin, slope) = (start...(length * 0.72), 0.9)
        }
    }

    /// The highest point of the side at `along` metres from the nearest end.
    func top(at along: Float) -> Float {
        let inside = min(along - cabin.lowerBound, cabin.upperBound - along)
        let hood = waist - 0.12 * abs(along - length / 2) / length
        if slope == 0 { return height }
        return inside < 0 ? hood : min(height, waist + inside / slope)
    }
}

extension ObjectPainter {
    /// A box in perspective: the side that the camera sees, then the end that is nearest.
    mutating func paintVehicle(_ object: SceneObject) {
        let body = VehicleBody(object)
        let instance = number(body.label)
        let nearSide = object.x < 0 ? object.x + body.halfWidth : object.x - body.halfWidth
        if abs(object.x) > body.halfWidth {
            canvas.paintAlong(
                x: nearSide, near: object.z, far: object.z + body.length, top: body.height, label: body.label,
                instance: instance
            ) { z, y in Self.side(object, body, z - object.z, y) }
        }
        canvas.paintUpright(
            z: object.z, center: object.x, half: body.halfWidth, top: body.height, label: body.label, instance: instance
        ) { x, y in Self.end(object, body, (x - object.x) / body.halfWidth, y) }
    }

    private static func side(_ object: SceneObject, _ body: VehicleBody, _ along: Float, _ y: Float) -> SceneColor? {
        let wheel: Float = object.kind == .car ? 0.32 : 0.48
        let axle = body.length * 0.2
        let dx = min(abs(along - axle), abs(along - body.length + axle))
        let radius = (dx * dx + (y - wheel) * (y - wheel)).squareRoot()
        if object.kind != .train, radius < wheel {
            return radius < wheel * 0.55 ? SceneColor(120, 120, 124) : SceneColor(22, 22, 24)
        }
        let top = body.top(at: along)
        guard y > body.ground, y < top else { return nil }
        let paint = coat(object, y) * (0.7 + 0.25 * y / body.height)
        if object.kind == .truck {
            return along > body.length * 0.75 ? paint : SceneColor(186, 184, 180) * (0.8 + 0.05 * y)
        }
        let isGlass = y > body.waist && y < top - (object.kind == .car ? 0.1 : 0.5)
        if isGlass {
            let pillar = object.kind == .car ? body.length * 0.28 : 1.6
            let spacing = along / pillar
            return spacing - spacing.rounded(.down) < 0.1 ? paint * 0.6 : glass(along, y, object.seed)
        }
        return abs(y - body.ground) < 0.15 ? paint * 0.5 : paint
    }

    /// `across` runs from −1 to 1.
    private static func end(_ object: SceneObject, _ body: VehicleBody, _ across: Float, _ y: Float) -> SceneColor? {
        let aside = abs(across)
        if y < body.ground + 0.1 {
            return aside > 0.7 && aside < 0.95
                ? SceneColor(20, 20, 22) : y > body.ground ? SceneColor(34, 34, 36) : nil
        }
        let isCar = object.kind == .car
        let rise = (y - body.waist) / max(body.height - body.waist, 0.1)
        let edge: Float = isCar && rise > 0 ? 0.94 - 0.26 * rise : 0.99
        guard aside < edge else { return nil }
        let paint = coat(object, y) * (0.62 + 0.3 * y / body.height)
        if isCar {
            if rise > 0.12, rise < 0.88, aside < edge - 0.1 { return glass(across * 3, y, object.seed) }
            if rise < 0, rise > -0.55, aside > 0.66 {
                return object.isFacing ? SceneColor(240, 238, 222) : SceneColor(190, 28, 28)
            }
            return aside < 0.3 && y > 0.4 && y < 0.56 ? SceneColor(226, 226, 220) : paint
        }
        if object.kind == .truck { return truckEnd(object, body, aside, across, y, paint) }
        let windscreen = (body.waist + 0.1)...(body.height - 0.55)
        if windscreen ~= y, aside < 0.86 { return glass(across * 3, y, object.seed) }
        if y < body.ground + 0.7, y > body.ground + 0.4, aside > 0.7 {
            return object.isFacing ? SceneColor(244, 242, 226) : SceneColor(196, 30, 30)
        }
        // A bus shows where it goes.
        return object.kind == .bus && y > body.height - 0.42 && y < body.height - 0.12 && aside < 0.6
            ? SceneColor(230, 150, 30) : paint
    }

    /// Doors of a box from behind; a cab under a box from the front.
    private static func truckEnd(
        _ object: SceneObject, _ body: VehicleBody, _ aside: Float, _ across: Float, _ y: Float, _ paint: SceneColor
    ) -> SceneColor? {
        let box = SceneColor(178, 176, 172) * (0.8 + 0.05 * y)
        if !object.isFacing { return aside < 0.02 || y < body.waist * 0.6 ? SceneColor(70, 70, 74) : box }
        if y > body.height * 0.8 { return box }
        if y > body.waist - 0.1, y < body.height * 0.75 {
            return aside < 0.84 ? glass(across * 3, y, object.seed) : paint
        }
        let isGrille = aside < 0.55 && y > 0.75 && y < 1.25 && Int(y * 16) % 2 == 0
        if y < 0.95, y > 0.7, aside > 0.68 { return SceneColor(244, 242, 226) }
        return isGrille ? SceneColor(48, 48, 52) : paint
    }

    /// Cars and trucks have one colour, buses a few; trams are pale with a coloured band below the windows.
    private static func coat(_ object: SceneObject, _ y: Float) -> SceneColor {
        switch object.kind {
        case .bus:
            return SceneNoise.hash(8, 8, object.seed) < 0.5 ? SceneColor(36, 70, 150) : SceneColor(178, 34, 36)
        case .train:
            let band = SceneNoise.hash(8, 8, object.seed) < 0.5 ? SceneColor(40, 130, 70) : SceneColor(220, 170, 20)
            return y > 0.55 && y < 1.2 ? band : SceneColor(214, 212, 200)
        default: return object.tint
        }
    }

    private static func glass(_ x: Float, _ y: Float, _ seed: UInt32) -> SceneColor {
        SceneColor(30, 36, 44).mixed(SceneColor(128, 146, 164), 0.7 * SceneNoise.smooth(x * 1.4, y * 3, seed))
    }
}
