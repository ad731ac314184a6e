import Annotations

// Functions of any sample are specialised for the samples that data sets have: callers of other modules would else
// run the slow general code.
extension Image {
    /// An image whose pixels all have the samples `fill`.
    @_specialize(where Sample == UInt8)
    @_specialize(where Sample == UInt16)
    package init(size: ImageSize, fill: [Sample]) {
        self.init(size: size, channels: fill.count, values: Self.filled(size.area, fill))
    }

    /// The part inside `region`, which must lie inside the image.
    @_specialize(where Sample == UInt8)
    @_specialize(where Sample == UInt16)
    package func cropped(to region: PixelRegion) -> Image {
        if region == PixelRegion(size) { return self }
        precondition(region.fits(size), "crop: \(region) of \(size)")
        let (length, width) = (region.width * channels, width)
        let rows = [Sample](unsafeUninitializedCapacity: region.height * length) { target, count in
            values.withUnsafeBufferPointer { source in
                for row in region.rows {
                    let start = (row * width + region.x) * channels
                    _ = target[count..<count + length].initialize(fromContentsOf: source[start..<start + length])
                    count += length
                }
            }
        }
        return Image(size: region.size, channels: channels, values: rows)
    }

    /// Extended at the right and at the bottom to at least `least`, with pixels of the samples `fill`.
    @_specialize(where Sample == UInt8)
    @_specialize(where Sample == UInt16)
    package func padded(to least: ImageSize, fill: [Sample]) -> Image {
        precondition(fill.count == channels, "pad: \(fill.count) samples for \(channels) channels")
        let target = ImageSize(height: max(height, least.height), width: max(width, least.width))
        if target == size { return self }
        var padded = Self.filled(target.area, fill)
        let (length, targetLength) = (width * channels, target.width * channels)
        values.withUnsafeBufferPointer { source in
            padded.withUnsafeMutableBufferPointer { target in
                for row in 0..<height {
                    let line = source[row * length..<(row + 1) * length]
                    _ = target[row * targetLength..<(row + 1) * targetLength].update(fromContentsOf: line)
                }
            }
        }
        return Image(size: target, channels: channels, values: padded)
    }

    @inline(__always)
    private static func filled(_ pixels: Int, _ fill: [Sample]) -> [Sample] {
        var values = [Sample](repeating: fill[0], count: pixels * fill.count)
        for (channel, value) in fill.enumerated() where value != fill[0] {
            for index in stride(from: channel, to: values.count, by: fill.count) { values[index] = value }
        }
        return values
    }

    /// Left and right exchanged.
    package func flippedHorizontally() -> Image { oriented(.flippedHorizontally) }

    /// Top and bottom exchanged.
    package func flippedVertically() -> Image { oriented(.flippedVertically) }

    /// Turned the way a camera's orientation mark asks.
    @_specialize(where Sample == UInt8)
    @_specialize(where Sample == UInt16)
    func oriented(_ orientation: ExifOrientation) -> Image {
        if orientation == .upright { return self }
        let layout = PixelLayout(oriented: orientation, size)
        // A constant number of channels makes the loop over them vanish.
        let rearranged =
            switch channels {
            case 1: layout.rearranged(values, channels: 1)
            case 3: layout.rearranged(values, channels: 3)
            default: layout.rearranged(values, channels: channels)
            }
        return Image(size: layout.size, channels: channels, values: rearranged)
    }
}
