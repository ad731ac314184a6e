import Annotations

/// Maps of segments that may overlap: each segment lies in the first layer where nothing is in its way.
struct SegmentLayers {
    let height, width: Int
    /// [H * W] each, at least one: numbers of segments, −1 for none.
    private(set) var layers: [[Int32]]

    /// Empty, or with layers that are there already.
    init(height: Int, width: Int, layers: [[Int32]] = []) {
        self.height = height
        self.width = width
        self.layers = layers.isEmpty ? [Array(repeating: -1, count: height * width)] : layers
    }

    /// Adds a mask at the upper left; what lies beyond the map is cut.
    mutating func add(_ segment: Int32, _ mask: RunLengthMask) {
        let pixels = self.pixels(of: mask)
        let free = layers.firstIndex { layer in pixels.allSatisfy { layer[$0] < 0 } }
        if free == nil { layers.append(Array(repeating: -1, count: height * width)) }
        let place = free ?? layers.count - 1
        for pixel in pixels { layers[place][pixel] = segment }
    }

    private func pixels(of mask: RunLengthMask) -> [Int] {
        var (pixels, place) = ([Int](), 0)
        for (index, length) in mask.counts.enumerated() {
            if index % 2 == 1 {
                for pixel in place..<place + length {
                    let (x, y) = (pixel / mask.height, pixel % mask.height)
                    if x < width, y < height { pixels.append(y * width + x) }
                }
            }
            place += length
        }
        return pixels
    }
}
