// Moving rows and pixels about, for both image types. Generic functions stay inside this module, where they
// are specialised.

/// `length` elements from `first` on, of each of `rows`.
func cropRows<Element>(
    _ source: [Element], rowLength: Int, first: Int, length: Int, rows: Range<Int>
) -> [Element] {
    var cropped: [Element] = []
    cropped.reserveCapacity(rows.count * length)
    for row in rows {
        let start = row * rowLength + first
        cropped.append(contentsOf: source[start..<start + length])
    }
    return cropped
}

/// Writes `source` into the upper left corner of `target`.
func pasteRows<Element>(
    _ source: [Element], rowLength: Int, into target: inout [Element], rowLength targetLength: Int
) {
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            for row in 0..<source.count / rowLength {
                let line = source[row * rowLength..<(row + 1) * rowLength]
                _ = target[row * targetLength..<(row + 1) * targetLength].update(fromContentsOf: line)
            }
        }
    }
}

/// Where each pixel of a turned or mirrored image comes from: pixel (x, y) is the source's pixel
/// `first + x * stepX + y * stepY`.
struct PixelLayout {
    let width, height: Int
    private let first, stepX, stepY: Int

    init(oriented orientation: ExifOrientation, width sourceWidth: Int, height sourceHeight: Int) {
        let (right, down) = (1, sourceWidth)
        let lastColumn = sourceWidth - 1
        let lastRow = (sourceHeight - 1) * sourceWidth
        (first, stepX, stepY) =
            switch orientation {
            case .upright: (0, right, down)
            case .flippedHorizontally: (lastColumn, -right, down)
            case .rotatedHalf: (lastRow + lastColumn, -right, -down)
            case .flippedVertically: (lastRow, right, -down)
            case .transposed: (0, down, right)
            case .rotatedClockwise: (lastRow, -down, right)
            case .transversed: (lastRow + lastColumn, -down, -right)
            case .rotatedCounterclockwise: (lastColumn, down, -right)
            }
        (width, height) = orientation.swapsSides ? (sourceHeight, sourceWidth) : (sourceWidth, sourceHeight)
    }

    /// Calls `body(pixel here, pixel in the source)` for every pixel, in order.
    @inline(__always)
    func forEachPixel(_ body: (Int, Int) -> Void) {
        var target = 0
        for y in 0..<height {
            var source = first + y * stepY
            for _ in 0..<width {
                body(target, source)
                target += 1
                source += stepX
            }
        }
    }
}

/// One element per pixel.
func rearrange<Element>(_ source: [Element], _ layout: PixelLayout) -> [Element] {
    [Element](unsafeUninitializedCapacity: source.count) { target, count in
        source.withUnsafeBufferPointer { source in
            layout.forEachPixel { target.initializeElement(at: $0, to: source[$1]) }
        }
        count = source.count
    }
}

/// Three elements per pixel.
func rearrangeTriples<Element>(_ source: [Element], _ layout: PixelLayout) -> [Element] {
    [Element](unsafeUninitializedCapacity: source.count) { target, count in
        source.withUnsafeBufferPointer { source in
            layout.forEachPixel { to, from in
                target.initializeElement(at: 3 * to, to: source[3 * from])
                target.initializeElement(at: 3 * to + 1, to: source[3 * from + 1])
                target.initializeElement(at: 3 * to + 2, to: source[3 * from + 2])
            }
        }
        count = source.count
    }
}
