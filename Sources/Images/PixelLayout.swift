import Annotations

/// Where each pixel of a turned or mirrored image comes from: pixel (x, y) is the source's pixel
/// `first + x * stepX + y * stepY`.
struct PixelLayout {
    let size: ImageSize
    private let first, stepX, stepY: Int

    init(oriented orientation: ExifOrientation, _ source: ImageSize) {
        let (right, down) = (1, source.width)
        let lastColumn = source.width - 1
        let lastRow = (source.height - 1) * source.width
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
        size = orientation.upright(source)
    }

    /// The samples of `source` in this order, `channels` a pixel.
    @inline(__always)
    func rearranged<Sample>(_ source: [Sample], channels: Int) -> [Sample] {
        [Sample](unsafeUninitializedCapacity: source.count) { target, count in
            source.withUnsafeBufferPointer { source in
                var to = 0
                for y in 0..<size.height {
                    var from = (first + y * stepY) * channels
                    for _ in 0..<size.width {
                        for channel in 0..<channels {
                            target.initializeElement(at: to + channel, to: source[from + channel])
                        }
                        to += channels
                        from += stepX * channels
                    }
                }
            }
            count = source.count
        }
    }
}
