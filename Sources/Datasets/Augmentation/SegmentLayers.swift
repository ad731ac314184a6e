import Annotations

/// Maps of segments that may overlap: each segment lies in the first layer where its pixels are free.
struct SegmentLayers {
    let size: ImageSize
    /// [H * W] each, at least one: numbers of segments, −1 for none.
    private(set) var layers: [[Int32]]

    /// `layers` are empty, or segments that were added elsewhere.
    init(_ size: ImageSize, layers: [[Int32]] = []) {
        self.size = size
        self.layers = layers.isEmpty ? [Array(repeating: -1, count: size.area)] : layers
    }

    /// Adds a mask at the upper left; what lies beyond the map is cut.
    mutating func add(_ segment: Int32, _ mask: RunLengthMask) {
        let pixels = self.pixels(of: mask)
        let free = layers.firstIndex { layer in pixels.allSatisfy { layer[$0] < 0 } }
        if free == nil { layers.append(Array(repeating: -1, count: size.area)) }
        let layer = free ?? layers.count - 1
        for pixel in pixels { layers[layer][pixel] = segment }
    }

    private func pixels(of mask: RunLengthMask) -> [Int] {
        var (pixels, start) = ([Int](), 0)
        for (index, length) in mask.counts.enumerated() {
            if index % 2 == 1 {
                for pixel in start..<start + length {
                    let (x, y) = (pixel / mask.height, pixel % mask.height)
                    if x < size.width, y < size.height { pixels.append(y * size.width + x) }
                }
            }
            start += length
        }
        return pixels
    }
}
