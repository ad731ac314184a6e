/// Edges of a map of numbers as OpenCV's Canny finds them with thresholds below 1 (aperture 3, L1 norm): every pixel
/// where the gradient is not 0 and is the largest along its own direction. Hysteresis has nothing to add then.
struct LabelEdges {
    private let height: Int
    private let width: Int
    /// [H · W]: Sobel's derivatives, the map continued by its outermost pixels, and the sum of their magnitudes.
    private let dx, dy, magnitude: [Int32]

    /// tan 22.5° · 2^15, as OpenCV rounds it.
    private static let tangent = 13573

    /// Of a map [H · W].
    init(height: Int, width: Int, values: [Int32]) {
        (self.height, self.width) = (height, width)
        var (dx, dy, magnitude) = ([Int32](), [Int32](), [Int32]())
        dx.reserveCapacity(values.count)
        dy.reserveCapacity(values.count)
        magnitude.reserveCapacity(values.count)
        for y in 0..<height {
            let (above, here, below) = (max(y - 1, 0) * width, y * width, min(y + 1, height - 1) * width)
            for x in 0..<width {
                let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
                let (a, b, c) = (values[above + left], values[above + x], values[above + right])
                let (d, e) = (values[here + left], values[here + right])
                let (f, g, h) = (values[below + left], values[below + x], values[below + right])
                let across = (c - a) + 2 * (e - d) + (h - f)
                let down = (f - a) + 2 * (g - b) + (h - c)
                dx.append(across)
                dy.append(down)
                magnitude.append(abs(across) + abs(down))
            }
        }
        (self.dx, self.dy, self.magnitude) = (dx, dy, magnitude)
    }

    /// Whether the pixel lies on an edge. Of two equal neighbours across an edge the first one does.
    func isEdge(_ y: Int, _ x: Int) -> Bool {
        let place = y * width + x
        let own = magnitude[place]
        guard own > 0 else { return false }
        let (across, down) = (abs(Int(dx[place])), abs(Int(dy[place])) << 15)
        let low = across * Self.tangent
        if down < low { return own > value(y, x - 1) && own >= value(y, x + 1) }
        // tan 67.5° is tan 22.5° + 2.
        if down > low + (across << 16) { return own > value(y - 1, x) && own >= value(y + 1, x) }
        let step = (dx[place] < 0) != (dy[place] < 0) ? -1 : 1
        return own > value(y - 1, x - step) && own > value(y + 1, x + step)
    }

    /// The magnitude; 0 beyond the map.
    private func value(_ y: Int, _ x: Int) -> Int32 {
        y < 0 || x < 0 || y >= height || x >= width ? 0 : magnitude[y * width + x]
    }
}
