import Annotations

extension Image<UInt8> {
    /// Bilinear shrinking without antialiasing, bit for bit `cv2.resize(image, (width, height))`: 11 bits of weight an
    /// axis, columns first, their sums cut by 4 bits and their products by 16.
    package func shrunkAsOpenCV(to target: ImageSize) -> Image {
        precondition(1...width ~= target.width && 1...height ~= target.height, "shrink: \(size) to \(target)")
        let columns = OpenCVTap.all(from: width, to: target.width)
        let rows = OpenCVTap.all(from: height, to: target.height)
        let bytes = [UInt8](unsafeUninitializedCapacity: target.area * channels) { result, count in
            values.withUnsafeBufferPointer { source in
                for (row, tap) in rows.enumerated() {
                    for (column, across) in columns.enumerated() {
                        for channel in 0..<channels {
                            func sum(_ line: Int) -> Int32 {
                                let start = line * width * channels + channel
                                return Int32(source[start + across.first * channels]) * across.weights.0
                                    + Int32(source[start + across.second * channels]) * across.weights.1
                            }
                            let upper = ((sum(tap.first) >> 4) * tap.weights.0) >> 16
                            let lower = ((sum(tap.second) >> 4) * tap.weights.1) >> 16
                            result[(row * target.width + column) * channels + channel] = UInt8((upper + lower + 2) >> 2)
                        }
                    }
                }
            }
            count = target.area * channels
        }
        return Image(size: target, channels: channels, values: bytes)
    }
}

/// The two source positions that an output position is mixed of along one axis.
private struct OpenCVTap {
    let first, second: Int
    /// Of 2048 in all.
    let weights: (Int32, Int32)

    static func all(from source: Int, to target: Int) -> [OpenCVTap] {
        let scale = Double(source) / Double(target)
        return (0..<target).map { output in
            let center = Float((Double(output) + 0.5) * scale - 0.5)
            let place = Int(center.rounded(.down))
            func weight(_ share: Float) -> Int32 { Int32((share * 2048).rounded(.toNearestOrEven)) }
            let share = center - Float(place)
            return OpenCVTap(
                first: place, second: min(place + 1, source - 1), weights: (weight(1 - share), weight(share)))
        }
    }
}
