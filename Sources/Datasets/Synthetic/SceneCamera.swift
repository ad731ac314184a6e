/// A camera that looks along a street: z metres ahead, x to the right, y above the ground.
struct SceneCamera {
    let width, height: Int
    /// Pixels.
    let focalLength: Float
    /// Row of the horizon, and column of the vanishing point.
    let horizon, center: Float
    /// Metres.
    let eyeHeight: Float
    /// What distance fades into, and how far one sees.
    let haze: SceneColor
    let visibility: Float

    /// The viewing ray of a column: metres to the right for each metre ahead.
    @inline(__always)
    func right(_ column: Int) -> Float { (Float(column) + 0.5 - center) / focalLength }

    /// The viewing ray of a row: metres down for each metre ahead.
    @inline(__always)
    func down(_ row: Int) -> Float { (Float(row) + 0.5 - horizon) / focalLength }

    /// Columns whose rays lie between two.
    func columns(_ from: Float, _ to: Float) -> Range<Int> {
        pixels(from * focalLength + center, to * focalLength + center, width)
    }

    /// Rows whose rays lie between two.
    func rows(_ from: Float, _ to: Float) -> Range<Int> {
        pixels(from * focalLength + horizon, to * focalLength + horizon, height)
    }

    /// A colour seen from a distance.
    func hazed(_ color: SceneColor, _ distance: Float) -> SceneColor {
        color.mixed(haze, distance / (distance + visibility))
    }

    /// Pixels whose centres lie between two positions.
    private func pixels(_ from: Float, _ to: Float, _ count: Int) -> Range<Int> {
        let first = min(max((from - 0.5).rounded(.up), 0), Float(count))
        let last = min(max((to - 0.5).rounded(.up), first), Float(count))
        return Int(first)..<Int(last)
    }
}
