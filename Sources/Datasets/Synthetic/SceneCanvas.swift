/// The picture being painted: colour, depth, label and instance of each pixel.
struct SceneCanvas {
    let width, height: Int
    let camera: SceneCamera
    private(set) var colors: [SceneColor]
    private(set) var depths: [Float]
    /// Cityscapes label ids.
    private(set) var labels: [UInt16]
    /// Cityscapes instance numbers: id · 1000 + k, or the id alone.
    private(set) var instances: [UInt16]

    init(camera: SceneCamera) {
        (width, height) = (camera.width, camera.height)
        self.camera = camera
        colors = Array(repeating: .zero, count: width * height)
        depths = Array(repeating: .infinity, count: width * height)
        labels = Array(repeating: 0, count: width * height)
        instances = Array(repeating: 0, count: width * height)
    }

    /// What one pixel shows.
    struct Sample {
        let color: SceneColor
        let depth: Float
        let label: UInt16
        /// Nil for the label alone.
        var instance: UInt16?
    }

    /// Fills every pixel by its viewing ray (right, down, 1).
    mutating func fill(_ sample: (_ u: Float, _ v: Float) -> Sample) {
        for y in 0..<height {
            for x in 0..<width { set(y * width + x, sample(camera.right(x), camera.down(y))) }
        }
    }

    /// Paints an upright rectangle at distance `z`: `half` metres to the left and right of `center`, `bottom` to `top`
    /// above the ground. `color` gets metres, nil leaves what is behind.
    mutating func paintUpright(
        z: Float, center: Float, half: Float, bottom: Float = 0, top: Float, label: UInt16, instance: UInt16? = nil,
        _ color: (_ x: Float, _ y: Float) -> SceneColor?
    ) {
        paintUpright(
            z: z, left: center - half, right: center + half, bottom: bottom, top: top, label: label,
            instance: instance, color)
    }

    /// The same of one from `left` to `right`.
    mutating func paintUpright(
        z: Float, left: Float, right: Float, bottom: Float = 0, top: Float, label: UInt16, instance: UInt16? = nil,
        _ color: (_ x: Float, _ y: Float) -> SceneColor?
    ) {
        guard z > 0.5 else { return }
        let camera = camera
        let columns = camera.columns(left / z, right / z)
        let rows = camera.rows((camera.eyeHeight - top) / z, (camera.eyeHeight - bottom) / z)
        for row in rows {
            let y = camera.eyeHeight - camera.down(row) * z
            for column in columns {
                paint(row, column, z, label, instance) { color(camera.right(column) * z, y) }
            }
        }
    }

    /// Paints a pixel at distance `z`, unless something nearer is there.
    private mutating func paint(
        _ row: Int, _ column: Int, _ z: Float, _ label: UInt16, _ instance: UInt16?, _ color: () -> SceneColor?
    ) {
        let index = row * width + column
        if depths[index] <= z { return }
        guard let color = color() else { return }
        set(index, Sample(color: camera.hazed(color, z), depth: z, label: label, instance: instance))
    }

    /// Paints a wall that runs along the street at `x` metres sideways, from `near` to `far`. `color` gets
    /// metres along the street and above the ground.
    mutating func paintAlong(
        x: Float, near: Float, far: Float, top: Float, label: UInt16, instance: UInt16? = nil,
        _ color: (_ z: Float, _ y: Float) -> SceneColor?
    ) {
        let (camera, near) = (camera, max(near, 0.5))
        guard far > near else { return }
        let columns = camera.columns(min(x / near, x / far), max(x / near, x / far))
        for column in columns {
            let u = camera.right(column)
            guard u * x > 0 else { continue }
            let z = x / u
            guard z >= near, z <= far else { continue }
            for row in camera.rows((camera.eyeHeight - top) / z, camera.eyeHeight / z) {
                paint(row, column, z, label, instance) { color(z, camera.eyeHeight - camera.down(row) * z) }
            }
        }
    }

    /// Darkens the ground in an ellipse: the shadow something casts.
    mutating func shade(x: Float, z: Float, halfWidth: Float, halfLength: Float, by amount: Float) {
        let near = max(z - halfLength, 0.5)
        let rows = camera.rows(camera.eyeHeight / (z + halfLength), camera.eyeHeight / near)
        for row in rows where camera.down(row) > 0 {
            let distance = camera.eyeHeight / camera.down(row)
            for column in camera.columns((x - halfWidth) / distance, (x + halfWidth) / distance) {
                let across = (camera.right(column) * distance - x) / halfWidth
                let along = (distance - z) / halfLength
                let reach = across * across + along * along
                let index = row * width + column
                // Only what lies on the ground here.
                if reach < 1, abs(depths[index] - distance) < 0.05 * distance {
                    colors[index] *= 1 - amount * min(1, 2 * (1 - reach))
                }
            }
        }
    }

    /// Paints pixels of the frame itself, before everything else.
    mutating func paintFrame(label: UInt16, _ color: (_ x: Int, _ y: Int) -> SceneColor?) {
        for y in 0..<height {
            for x in 0..<width {
                if let color = color(x, y) { set(y * width + x, Sample(color: color, depth: 0, label: label)) }
            }
        }
    }

    private mutating func set(_ index: Int, _ sample: Sample) {
        colors[index] = sample.color
        depths[index] = sample.depth
        labels[index] = sample.label
        instances[index] = sample.instance ?? sample.label
    }
}
