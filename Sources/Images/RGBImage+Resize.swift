extension RGBImage {
    /// Bilinear resize, bit for bit that of Pillow's `Image.resize((width, height), BILINEAR)`: antialiased
    /// when shrinking, one pass for each axis, rounded to 8 bits after each, a pass left out where its size
    /// stays.
    ///
    /// With a `region` only that part of the resized image is computed (and returned): the same bytes as
    /// resizing and then cropping, for the work of the part.
    package func resized(width newWidth: Int, height newHeight: Int, region: PixelRegion? = nil) -> RGBImage
    {
        precondition(newWidth > 0 && newHeight > 0, "resize: to \(newWidth)x\(newHeight)")
        let region = region ?? PixelRegion(x: 0, y: 0, width: newWidth, height: newHeight)
        precondition(
            region.fits(width: newWidth, height: newHeight), "resize: \(region) of \(newWidth)x\(newHeight)")
        let columns = region.x..<region.x + region.width
        let rows = region.y..<region.y + region.height
        let horizontal = newWidth == width ? nil : ResizeTaps(from: width, to: newWidth, outputs: columns)
        let vertical = newHeight == height ? nil : ResizeTaps(from: height, to: newHeight, outputs: rows)

        let image = cropped(
            to: PixelRegion(columns: horizontal?.sources ?? columns, rows: vertical?.sources ?? rows))
        // PARITY: Pillow 13 takes the vertical pass first where the height shrinks much more than the width;
        // up to Pillow 12 the horizontal one always was first, which differs by one level at most. Pictures
        // that keep their proportions and are less than twice as high as wide are the same in all versions.
        let verticalFirst = height - newHeight > 2 * max(width - newWidth, 0)
        return verticalFirst
            ? image.resizedVertically(vertical).resizedHorizontally(horizontal)
            : image.resizedHorizontally(horizontal).resizedVertically(vertical)
    }

    private func resizedHorizontally(_ taps: ResizeTaps?) -> RGBImage {
        guard let taps = taps?.countedFromFirst() else { return self }
        let newWidth = taps.starts.count
        let bytes = [UInt8](unsafeUninitializedCapacity: height * newWidth * 3) { target, count in
            pixels.withUnsafeBufferPointer { source in
                for row in 0..<height {
                    resizeLine(
                        UnsafeBufferPointer(rebasing: source[row * width * 3..<(row + 1) * width * 3]), taps,
                        UnsafeMutableBufferPointer(
                            rebasing: target[row * newWidth * 3..<(row + 1) * newWidth * 3]))
                }
            }
            count = height * newWidth * 3
        }
        return RGBImage(width: newWidth, height: height, pixels: bytes)
    }

    private func resizedVertically(_ taps: ResizeTaps?) -> RGBImage {
        guard let taps = taps?.countedFromFirst() else { return self }
        let rowLength = width * 3
        let newHeight = taps.starts.count
        let bytes = [UInt8](unsafeUninitializedCapacity: newHeight * rowLength) { target, count in
            pixels.withUnsafeBufferPointer { source in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowLength) { sums in
                    for row in 0..<newHeight {
                        let line = target[row * rowLength..<(row + 1) * rowLength]
                        mixLines(
                            source, rowLength, taps, row, sums, UnsafeMutableBufferPointer(rebasing: line))
                    }
                }
            }
            count = newHeight * rowLength
        }
        return RGBImage(width: width, height: newHeight, pixels: bytes)
    }
}

/// Half of the last place, added before the fraction bits are shifted out.
private let half: Int32 = 1 << (ResizeTaps.fractionBits - 1)

@inline(__always)
private func rounded(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum &>> ResizeTaps.fractionBits, 0), 255))
}

/// One row of pixels: target[x] = sum over taps of weight * source[start + tap], for the three channels.
private func resizeLine(
    _ source: UnsafeBufferPointer<UInt8>, _ taps: ResizeTaps, _ target: UnsafeMutableBufferPointer<UInt8>
) {
    guard let source = source.baseAddress, let target = target.baseAddress else { return }
    taps.starts.withUnsafeBufferPointer { starts in
        taps.counts.withUnsafeBufferPointer { counts in
            taps.weights.withUnsafeBufferPointer { weights in
                for x in 0..<starts.count {
                    var (red, green, blue) = (half, half, half)
                    var from = source + 3 * starts[x]
                    let first = x * taps.stride
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

/// One row of the vertical pass: target = sum over taps of weight * source row.
private func mixLines(
    _ source: UnsafeBufferPointer<UInt8>, _ rowLength: Int, _ taps: ResizeTaps, _ row: Int,
    _ sums: UnsafeMutableBufferPointer<Int32>, _ target: UnsafeMutableBufferPointer<UInt8>
) {
    guard let source = source.baseAddress, let sums = sums.baseAddress, let target = target.baseAddress
    else { return }
    for index in 0..<rowLength { sums[index] = half }
    for tap in 0..<taps.counts[row] {
        let weight = taps.weights[row * taps.stride + tap]
        let line = source + (taps.starts[row] + tap) * rowLength
        for index in 0..<rowLength { sums[index] &+= Int32(line[index]) &* weight }
    }
    for index in 0..<rowLength { target[index] = rounded(sums[index]) }
}
