/// How many pixels the region has that a pixel is in: neighbours over edges that carry the same number.
package struct RegionAreas {
    /// For each pixel one of its region's that is nearer to the region's root; the root's own. [H * W]
    private var parents: [Int32]
    /// At each root. [H * W]
    private var areas: [Int32]

    /// Regions of `numbers`, [H * W].
    package init(_ numbers: [Int32], width: Int) {
        parents = numbers.indices.map(Int32.init)
        areas = []
        for pixel in numbers.indices {
            if pixel % width > 0, numbers[pixel - 1] == numbers[pixel] { join(pixel, pixel - 1) }
            if pixel >= width, numbers[pixel - width] == numbers[pixel] { join(pixel, pixel - width) }
        }
        areas = [Int32](repeating: 0, count: numbers.count)
        for pixel in numbers.indices { areas[root(of: pixel)] += 1 }
        for pixel in numbers.indices { parents[pixel] = Int32(root(of: pixel)) }
    }

    /// Pixels of the region of `pixel`.
    package subscript(pixel: Int) -> Int { Int(areas[Int(parents[pixel])]) }

    private mutating func join(_ pixel: Int, _ other: Int) {
        let (first, second) = (root(of: pixel), root(of: other))
        // The root is the region's first pixel.
        parents[max(first, second)] = Int32(min(first, second))
    }

    private mutating func root(of pixel: Int) -> Int {
        var pixel = pixel
        while Int(parents[pixel]) != pixel {
            // Halves the way for the next look-up.
            parents[pixel] = parents[Int(parents[pixel])]
            pixel = Int(parents[pixel])
        }
        return pixel
    }
}
