import Annotations

extension Image<UInt8> {
    /// A picture of segment numbers as COCO's panoptic format has them: red + 256 green + 65536 blue;
    /// row-major, as many numbers below 2²⁴ as `size` has pixels.
    package init(size: ImageSize, segmentIDs: [UInt32]) {
        let values = [UInt8](unsafeUninitializedCapacity: 3 * segmentIDs.count) { values, count in
            for (pixel, id) in segmentIDs.enumerated() {
                values[3 * pixel] = UInt8(truncatingIfNeeded: id)
                values[3 * pixel + 1] = UInt8(truncatingIfNeeded: id >> 8)
                values[3 * pixel + 2] = UInt8(truncatingIfNeeded: id >> 16)
            }
            count = 3 * segmentIDs.count
        }
        self.init(size: size, channels: 3, values: values)
    }

    /// The numbers that such a picture holds.
    package var segmentIDs: [UInt32] {
        precondition(channels == 3, "segmentIDs: \(channels) channels")
        return values.withUnsafeBufferPointer { values in
            (0..<values.count / 3).map { pixel in
                UInt32(values[3 * pixel]) | UInt32(values[3 * pixel + 1]) << 8 | UInt32(values[3 * pixel + 2]) << 16
            }
        }
    }
}
