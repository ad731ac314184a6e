import Annotations

extension Image<UInt8> {
    /// Bilinear resize without antialiasing, bit for bit `cv2.resize(image, (width, height))`: 11 bits of weight an
    /// axis, columns first, their sums cut by 4 bits and their products by 16. With a `region` only that part of the
    /// resized image is computed.
    package func resizedAsOpenCV(to target: ImageSize, region: PixelRegion? = nil) -> Image {
        precondition(target.width > 0 && target.height > 0, "resize: to \(target)")
        let region = region ?? PixelRegion(target)
        precondition(region.fits(target), "resize: \(region) of \(target)")
        if target == size { return cropped(to: region) }
        // PARITY: beyond the outermost centres the outermost column has the whole weight, but the outermost row both
        // of its weights, each rounded and cut by itself.
        let columns = region.columns.map { OpenCVTap($0, from: width, to: target.width).wholeAtEnds(of: width) }
        let rows = region.rows.map { OpenCVTap($0, from: height, to: target.height) }
        let length = region.width * channels
        let bytes = [UInt8](unsafeUninitializedCapacity: region.height * length) { result, count in
            count = region.height * length
            var (upper, lower) = (MixedLine(length: length), MixedLine(length: length))
            values.withUnsafeBufferPointer { source in
                for (row, tap) in rows.enumerated() {
                    if lower.row == tap.first { swap(&upper, &lower) }
                    upper.mix(tap.first, of: source, width: width, channels: channels, columns)
                    lower.mix(tap.second, of: source, width: width, channels: channels, columns)
                    let line = UnsafeMutableBufferPointer(rebasing: result[row * length..<(row + 1) * length])
                    join(upper.sums, lower.sums, tap.weights, line)
                }
            }
        }
        return Image(size: region.size, channels: channels, values: bytes)
    }
}

/// A source row whose columns are resized: sums of 4 fraction bits less than their weights have.
private struct MixedLine {
    private(set) var row: Int?
    private(set) var sums: [Int32]

    init(length: Int) { sums = [Int32](repeating: 0, count: length) }

    /// Takes source row `row`, unless it has it already.
    mutating func mix(
        _ row: Int, of source: UnsafeBufferPointer<UInt8>, width: Int, channels: Int, _ columns: [OpenCVTap]
    ) {
        if self.row == row { return }
        self.row = row
        let start = row * width * channels
        sums.withUnsafeMutableBufferPointer { sums in
            columns.withUnsafeBufferPointer { columns in
                for index in 0..<columns.count {
                    let tap = columns[index]
                    let (first, second) = (start + tap.first * channels, start + tap.second * channels)
                    for channel in 0..<channels {
                        let sum =
                            Int32(source[first + channel]) &* tap.weights.0
                            &+ Int32(source[second + channel]) &* tap.weights.1
                        sums[index * channels + channel] = sum &>> 4
                    }
                }
            }
        }
    }
}

private func join(
    _ upper: [Int32], _ lower: [Int32], _ weights: (Int32, Int32), _ target: UnsafeMutableBufferPointer<UInt8>
) {
    upper.withUnsafeBufferPointer { upper in
        lower.withUnsafeBufferPointer { lower in
            for index in 0..<target.count {
                let sum = ((upper[index] &* weights.0) &>> 16) &+ ((lower[index] &* weights.1) &>> 16)
                target[index] = UInt8(truncatingIfNeeded: (sum &+ 2) &>> 2)
            }
        }
    }
}

/// The two source positions that an output position is mixed of along one axis.
private struct OpenCVTap {
    let first, second: Int
    /// Of 2048 in all.
    let weights: (Int32, Int32)

    init(_ output: Int, from source: Int, to target: Int) {
        let center = Float((Double(output) + 0.5) * (Double(source) / Double(target)) - 0.5)
        let place = Int(center.rounded(.down))
        let share = center - Float(place)
        func weight(_ share: Float) -> Int32 { Int32((share * 2048).rounded(.toNearestOrEven)) }
        first = min(max(place, 0), source - 1)
        second = min(max(place + 1, 0), source - 1)
        weights = (weight(1 - share), weight(share))
    }

    private init(whole position: Int) { (first, second, weights) = (position, position, (2048, 0)) }

    func wholeAtEnds(of source: Int) -> OpenCVTap { first == second ? OpenCVTap(whole: first) : self }
}
