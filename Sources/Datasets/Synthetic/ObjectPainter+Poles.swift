extension ObjectPainter {
    private static let steel = SceneColor(122, 124, 122)

    private mutating func pole(_ object: SceneObject, height: Float, thickness: Float) {
        let tone = 0.6 + 0.6 * SceneNoise.hash(0, 1, object.seed)
        canvas.paintUpright(z: object.z, center: object.x, half: thickness, top: height, label: 17) { x, _ in
            Self.steel * (tone * (1.1 - 0.3 * (x - object.x) / thickness))
        }
    }

    /// A street lamp with an arm over the road.
    mutating func lamp(_ object: SceneObject) {
        let height = 6.5 * object.size
        pole(object, height: height, thickness: 0.1)
        let inward: Float = object.x < 0 ? 1 : -1
        let (left, right) = (min(object.x, object.x + inward * 1.7), max(object.x, object.x + inward * 1.7))
        canvas.paintUpright(
            z: object.z, left: left, right: right, bottom: height - 0.12, top: height + 0.1, label: 17
        ) { x, y in
            abs(x - object.x) > 1.1 ? Self.steel * 1.2 : abs(y - height) < 0.06 ? Self.steel * 0.8 : nil
        }
    }

    /// Red, amber and green on a post, one of them lit.
    mutating func trafficLight(_ object: SceneObject) {
        pole(object, height: 2.5, thickness: 0.08)
        let lit = Int(SceneNoise.hash(1, 1, object.seed) * 3)
        let lamps = [SceneColor(60, 250, 130), SceneColor(255, 190, 40), SceneColor(255, 50, 40)]
        canvas.paintUpright(
            z: object.z - 0.02, center: object.x, half: 0.2, bottom: 2.25, top: 3.3, label: 19
        ) { x, y in
            let level = (y - 2.25) / 0.35
            let index = min(Int(level), 2)
            let (dx, dy) = ((x - object.x) / 0.13, (level - Float(index) - 0.5) * 0.35 / 0.13)
            guard dx * dx + dy * dy < 1 else { return SceneColor(32, 34, 32) }
            return index == lit ? lamps[index] : lamps[index] * 0.25
        }
    }

    /// Round, triangular or square, on a pole.
    mutating func sign(_ object: SceneObject) {
        let height = 2.6 * object.size
        pole(object, height: height, thickness: 0.06)
        let kind = Int(SceneNoise.hash(2, 2, object.seed) * 4)
        let half: Float = kind == 3 ? 0.55 : 0.38
        let middle = height - 0.1
        canvas.paintUpright(
            z: object.z - 0.02, center: object.x, half: half, bottom: middle - half, top: middle + half, label: 20
        ) { px, y in Self.signColor(kind, (px - object.x) / half, (y - middle) / half) }
    }

    /// `x` and `y` from −1 to 1 over the plate.
    private static func signColor(_ kind: Int, _ x: Float, _ y: Float) -> SceneColor? {
        let (red, white, blue) = (SceneColor(196, 30, 36), SceneColor(232, 232, 228), SceneColor(30, 74, 170))
        let radius = (x * x + y * y).squareRoot()
        switch kind {
        case 0:
            guard radius < 1 else { return nil }
            return radius > 0.72 ? red : abs(x) < 0.2 && abs(y) < 0.4 ? SceneColor(30, 30, 30) : white
        case 1:
            guard radius < 1 else { return nil }
            return abs(x) < 0.14 || y > 0.3 && abs(x) < 0.4 - (y - 0.3) ? white : blue
        case 2:
            let reach = abs(x) * 1.05 + y * 0.55
            guard reach < 0.55, y > -1 else { return nil }
            return reach > 0.33 || y < -0.75 ? red : white
        default:
            let isText = abs(y) < 0.6 && abs(x) < 0.8 && Int((y + 1) * 4) % 2 == 0
            return abs(x) > 0.92 || abs(y) > 0.88 || isText ? white : SceneColor(214, 178, 30)
        }
    }
}
