import Annotations

/// Paints a `StreetScene`: what stands still by a ray for each pixel, then objects, then what a camera does
/// to it.
struct StreetRenderer {
    private let scene: StreetScene
    private var canvas: SceneCanvas

    init(_ scene: StreetScene) {
        self.scene = scene
        canvas = SceneCanvas(camera: scene.camera)
    }

    /// The picture, Cityscapes label ids and instance numbers.
    mutating func render() -> (image: Image<UInt8>, labels: LabelImage, instances: LabelImage) {
        let scene = scene
        canvas.fill { u, v in Self.surroundings(scene, u, v) }
        for facade in scene.facades {
            let top = facade.kind == .hedge ? facade.height * 1.2 : facade.height
            let light = Self.light(on: facade, scene)
            canvas.paintAlong(x: facade.x, near: facade.near, far: facade.far, top: top, label: facade.label) { z, y in
                y <= facade.top(at: z) ? facade.color(z, y) * light : nil
            }
            paintGable(facade, light: light)
        }
        for object in scene.objects { shade(object) }
        var painter = ObjectPainter(canvas: canvas)
        for object in scene.objects { painter.paint(object) }
        canvas = painter.canvas
        if scene.showsHood { paintHood() }
        return finish()
    }

    /// Ground, sky and what closes the view.
    private static func surroundings(_ scene: StreetScene, _ u: Float, _ v: Float) -> SceneCanvas.Sample {
        let camera = scene.camera
        let ground = v > 0 ? camera.eyeHeight / v : Float.infinity
        let end = scene.endDistance
        if ground < end { return self.ground(scene, x: u * ground, z: ground) }
        let (x, y) = (u * end, camera.eyeHeight - v * end)
        let skyline =
            scene.endIsTrees
            ? 5 + 9 * SceneNoise.rough(x * 0.12, 3, scene.seed)
            : 7 + 9 * SceneNoise.hash(Int32((x / 11).rounded(.down)), 0, scene.seed)
        if y < skyline {
            let color =
                scene.endIsTrees
                ? SceneSurfaces.leaves(x * 0.5, y * 0.5, tint: scene.leafTint, seed: scene.seed)
                : endBuilding(scene, x, y)
            return .init(color: camera.hazed(color, end), depth: end, label: scene.endIsTrees ? 21 : 11)
        }
        let color = SceneSurfaces.sky(
            u, v, zenith: scene.zenith, horizon: scene.skyline, clouds: scene.clouds, seed: scene.seed)
        return .init(color: color, depth: 1e6, label: 23)
    }

    private static func endBuilding(_ scene: StreetScene, _ x: Float, _ y: Float) -> SceneColor {
        let house = SceneNoise.hash(Int32((x / 11).rounded(.down)), 1, scene.seed)
        let isWindow = (x / 2.6 - (x / 2.6).rounded(.down)) > 0.45 && (y / 3.2 - (y / 3.2).rounded(.down)) > 0.45
        return SceneColor(150, 130, 112).mixed(SceneColor(118, 120, 126), house) * (isWindow ? 0.6 : 1)
    }

    private static func ground(_ scene: StreetScene, x: Float, z: Float) -> SceneCanvas.Sample {
        let side = scene.sides[x < 0 ? 0 : 1]
        let distance = abs(x)
        let isCrossing = scene.crossing?.contains(z) ?? false
        var label: UInt16 = 7
        var color: SceneColor
        if distance < side.kerb || isCrossing {
            color =
                isMarked(scene, x: x, z: z, isCrossing: isCrossing)
                ? SceneSurfaces.marking(x, z, seed: scene.seed) : SceneSurfaces.road(x, z, seed: scene.seed)
        } else if distance < side.sidewalkEnd {
            label = 8
            let isKerb = distance < side.kerb + 0.18
            color = SceneSurfaces.sidewalk(x, z, tint: scene.sidewalkTint, seed: scene.seed) * (isKerb ? 1.15 : 1)
        } else if side.buildings > side.sidewalkEnd {
            label = 22
            color = SceneSurfaces.terrain(x, z, seed: scene.seed)
        } else {
            label = 8
            color = SceneSurfaces.sidewalk(x, z, tint: scene.sidewalkTint * 0.9, seed: scene.seed)
        }
        if isShaded(scene, x: x, z: z) { color *= 1 - scene.shadowDepth }
        return .init(color: scene.camera.hazed(color, z), depth: z, label: label)
    }

    /// Lines between lanes, along the kerbs, and stripes where people cross.
    private static func isMarked(_ scene: StreetScene, x: Float, z: Float, isCrossing: Bool) -> Bool {
        if let crossing = scene.crossing, z > crossing.lowerBound - 4, z < crossing.lowerBound - 1 {
            return (x / 1.1 - (x / 1.1).rounded(.down)) < 0.5
        }
        if isCrossing { return false }
        let middle = -scene.laneWidth / 2
        let isDash = (z / 9 - (z / 9).rounded(.down)) < 0.5
        if abs(x - middle) < 0.08, isDash { return true }
        return scene.sides.contains { abs(x - $0.sign * ($0.kerb - 0.35)) < 0.06 }
    }

    /// Whether the houses on the sun's side keep the light from a point on the ground.
    private static func isShaded(_ scene: StreetScene, x: Float, z: Float) -> Bool {
        for facade in scene.facades where facade.x * scene.sunSide > 0 {
            // Shadows lean a little away from the camera.
            let source = z - abs(x - facade.x) * 0.3
            if source >= facade.near, source <= facade.far,
                abs(x - facade.x) < facade.top(at: source) * scene.shadowLength
            {
                return true
            }
        }
        return false
    }

    private static func light(on facade: SceneFacade, _ scene: StreetScene) -> Float {
        facade.x * scene.sunSide > 0 ? 1 - scene.shadowDepth * 0.7 : 1.05
    }

    /// The end of a house that looks towards the camera.
    private mutating func paintGable(_ facade: SceneFacade, light: Float) {
        guard facade.near > 1, facade.kind == .building || facade.kind == .hedge else { return }
        let depth: Float = facade.kind == .building ? 14 : 2
        let outer = facade.x + (facade.x < 0 ? -depth : depth)
        canvas.paintUpright(
            z: facade.near, left: min(facade.x, outer), right: max(facade.x, outer), top: facade.top(at: facade.near),
            label: facade.label
        ) { x, y in
            let plain = SceneNoise.rough(x * 0.6, y * 0.6, facade.seed)
            return facade.kind == .building
                ? facade.tint * (0.7 + 0.2 * plain) * light : facade.color(x, y) * light
        }
    }

    private mutating func shade(_ object: SceneObject) {
        let (halfWidth, halfLength): (Float, Float) =
            switch object.kind {
            case .car: (1.05, 2.4)
            case .truck, .bus, .train: (1.5, 4.5)
            case .person, .rider, .motorcyclist, .crowd: (0.4, 0.5)
            case .tree: (2, 2.5)
            default: (0.3, 0.4)
            }
        let isLong = halfLength > 2 && object.kind != .tree
        canvas.shade(
            x: object.x - scene.sunSide * halfWidth * 0.35, z: object.z + (isLong ? halfLength : 0),
            halfWidth: halfWidth * 1.15, halfLength: halfLength, by: 0.25 + scene.shadowDepth * 0.5)
    }

    /// The front of the car that carries the camera.
    private mutating func paintHood() {
        let (width, height) = (Float(canvas.width), Float(canvas.height))
        let seed = scene.seed
        canvas.paintFrame(label: 1) { x, y in
            let across = (Float(x) - width / 2) / (width / 2)
            let edge = height * (0.93 + 0.09 * across * across)
            guard Float(y) > edge else { return nil }
            let shine = SceneNoise.smooth(Float(x) * 8 / width, Float(y) * 8 / height, seed)
            return SceneColor(52, 54, 60) * (0.7 + 0.7 * shine)
        }
    }

    private func finish() -> (image: Image<UInt8>, labels: LabelImage, instances: LabelImage) {
        let pixels = SceneCamera.develop(
            canvas.colors, width: canvas.width, height: canvas.height, exposure: scene.exposure,
            noise: scene.noise, seed: scene.seed)
        let size = ImageSize(height: canvas.height, width: canvas.width)
        return (
            Image(size: size, channels: 3, values: pixels), LabelImage(size: size, values: canvas.labels),
            LabelImage(size: size, values: canvas.instances)
        )
    }
}

extension SceneCamera {
    /// What a sensor makes of the light: a little blur, exposure and white balance, darker corners, noise, 8
    /// bits.
    static func develop(
        _ light: [SceneColor], width: Int, height: Int, exposure: SceneColor, noise: Float, seed: UInt32
    ) -> [UInt8] {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                func at(_ x: Int, _ y: Int) -> SceneColor {
                    light[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
                }
                let blurred = at(x, y) * 0.5 + (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)) * 0.125
                let (across, down) = (2 * Float(x) / Float(width) - 1, 2 * Float(y) / Float(height) - 1)
                let color = blurred * exposure * (1 - 0.1 * (across * across + down * down))
                for channel in 0..<3 {
                    let grain =
                        SceneNoise.hash(Int32(x), Int32(y), seed &+ UInt32(channel) &* 77)
                        + SceneNoise.hash(Int32(x), Int32(y), seed &+ UInt32(channel) &* 77 &+ 11) - 1
                    // Two uniform numbers less one have a deviation of √(1/6).
                    let value = color[channel] + grain * noise * 2.45
                    pixels[(y * width + x) * 3 + channel] = UInt8(min(max(value, 0), 255))
                }
            }
        }
        return pixels
    }
}
