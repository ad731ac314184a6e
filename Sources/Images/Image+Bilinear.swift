import Annotations

extension Image<UInt8> {
    /// Bilinear resize, bit for bit that of Pillow's `Image.resize((width, height), BILINEAR)`: antialiased
    /// when shrinking, one pass for each axis, rounded to 8 bits after each, a pass left out where its size
    /// stays.
    ///
    /// With a `region` only that part of the resized image is computed (and returned): the same bytes as
    /// resizing and then cropping, for the work of the part.
    package func resized(to target: ImageSize, region: PixelRegion? = nil) -> Image {
        precondition(target.width > 0 && target.height > 0, "resize: to \(target)")
        let region = region ?? PixelRegion(target)
        precondition(region.fits(target), "resize: \(region) of \(target)")
        let horizontal =
            target.width == width ? nil : ResizeFilter(from: width, to: target.width, outputs: region.columns)
        let vertical =
            target.height == height ? nil : ResizeFilter(from: height, to: target.height, outputs: region.rows)

        let image = cropped(
            to: PixelRegion(
                columns: horizontal?.sources ?? region.columns, rows: vertical?.sources ?? region.rows))
        // PARITY: Pillow 13 takes the vertical pass first where the height shrinks much more than the width;
        // up to Pillow 12 the horizontal one always was first, which differs by one level at most. Pictures
        // that keep their proportions and are less than twice as high as wide are the same in all versions.
        let verticalFirst = height - target.height > 2 * max(width - target.width, 0)
        return verticalFirst
            ? image.resizedVertically(vertical).resizedHorizontally(horizontal)
            : image.resizedHorizontally(horizontal).resizedVertically(vertical)
    }

    private func resizedHorizontally(_ filter: ResizeFilter?) -> Image {
        guard let filter = filter?.countedFromFirst() else { return self }
        let target = ImageSize(height: height, width: filter.starts.count)
        let (length, targetLength) = (width * channels, target.width * channels)
        let bytes = [UInt8](unsafeUninitializedCapacity: height * targetLength) { target, count in
            values.withUnsafeBufferPointer { source in
                for row in 0..<height {
                    let line = UnsafeBufferPointer(rebasing: source[row * length..<(row + 1) * length])
                    let result = UnsafeMutableBufferPointer(
                        rebasing: target[row * targetLength..<(row + 1) * targetLength])
                    if channels == 3 {
                        resizeLine(line, filter, result)
                    } else {
                        resizeLine(line, channels: channels, filter, result)
                    }
                }
            }
            count = height * targetLength
        }
        return Image(size: target, channels: channels, values: bytes)
    }

    private func resizedVertically(_ filter: ResizeFilter?) -> Image {
        guard let filter = filter?.countedFromFirst() else { return self }
        let rowLength = width * channels
        let target = ImageSize(height: filter.starts.count, width: width)
        let bytes = [UInt8](unsafeUninitializedCapacity: target.height * rowLength) { lines, count in
            values.withUnsafeBufferPointer { source in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowLength) { sums in
                    for row in 0..<target.height {
                        let line = lines[row * rowLength..<(row + 1) * rowLength]
                        mixLines(
                            source, rowLength, filter, row, sums, UnsafeMutableBufferPointer(rebasing: line))
                    }
                }
            }
            count = target.height * rowLength
        }
        return Image(size: target, channels: channels, values: bytes)
    }
}

/// Half of the last place, added before the fraction bits are shifted out.
private let half: Int32 = 1 << (ResizeFilter.fractionBits - 1)

@inline(__always)
private func rounded(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum &>> ResizeFilter.fractionBits, 0), 255))
}

/// One row of pixels: target[x] = sum over taps of weight * source[start + tap], for the three channels.
private func resizeLine(
    _ source: UnsafeBufferPointer<UInt8>, _ filter: ResizeFilter, _ target: UnsafeMutableBufferPointer<UInt8>
) {
    guard let source = source.baseAddress, let target = target.baseAddress else { return }
    filter.starts.withUnsafeBufferPointer { starts in
        filter.counts.withUnsafeBufferPointer { counts in
            filter.weights.withUnsafeBufferPointer { weights in
                for x in 0..<starts.count {
                    var (red, green, blue) = (half, half, half)
                    var from = source + 3 * starts[x]
                    let first = x * filter.stride
                    for tap in first..<first + counts[x] {
                        let weight = weights[tap]
                        red &+= Int32(from[0]) &* weight
                        green &+= Int32(from[1]) &* weight
                        blue &+= Int32(from[2]) &* weight
                        from += 3
                    }
                    target[3 * x] = rounded(red)
                    target[3 * x + 1] = rounded(green)
                    target[3 * x + 2] = rounded(blue)
                }
            }
        }
    }
}

/// The same for any number of channels.
private func resizeLine(
    _ source: UnsafeBufferPointer<UInt8>, channels: Int, _ filter: ResizeFilter,
    _ target: UnsafeMutableBufferPointer<UInt8>
) {
    for (x, start) in filter.starts.enumerated() {
        for channel in 0..<channels {
            var sum = half
            for tap in 0..<filter.counts[x] {
                sum &+= Int32(source[(start + tap) * channels + channel]) &* filter.weights[x * filter.stride + tap]
            }
            target[x * channels + channel] = rounded(sum)
        }
    }
}

/// One row of the vertical pass: target = sum over taps of weight * source row.
private func mixLines(
    _ source: UnsafeBufferPointer<UInt8>, _ rowLength: Int, _ filter: ResizeFilter, _ row: Int,
    _ sums: UnsafeMutableBufferPointer<Int32>, _ target: UnsafeMutableBufferPointer<UInt8>
) {
    guard let source = source.baseAddress, let sums = sums.baseAddress, let target = target.baseAddress
    else { return }
    for index in 0..<rowLength { sums[index] = half }
    for tap in 0..<filter.counts[row] {
        let weight = filter.weights[row * filter.stride + tap]
        let line = source + (filter.starts[row] + tap) * rowLength
        for index in 0..<rowLength { sums[index] &+= Int32(line[index]) &* weight }
    }
    for index in 0..<rowLength { target[index] = rounded(sums[index]) }
}
