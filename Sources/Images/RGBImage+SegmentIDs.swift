extension RGBImage {
    /// A picture of segment numbers as COCO's panoptic format has them: red + 256 green + 65536 blue;
    /// row-major, `height * width` numbers below 2²⁴.
    package init(width: Int, height: Int, segmentIDs: [UInt32]) {
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * segmentIDs.count) { pixels, count in
            for (pixel, id) in segmentIDs.enumerated() {
                pixels[3 * pixel] = UInt8(truncatingIfNeeded: id)
                pixels[3 * pixel + 1] = UInt8(truncatingIfNeeded: id >> 8)
                pixels[3 * pixel + 2] = UInt8(truncatingIfNeeded: id >> 16)
            }
            count = 3 * segmentIDs.count
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The numbers that such a picture holds.
    package var segmentIDs: [UInt32] {
        pixels.withUnsafeBufferPointer { pixels in
            (0..<pixels.count / 3).map { pixel in
                UInt32(pixels[3 * pixel]) | UInt32(pixels[3 * pixel + 1]) << 8
                    | UInt32(pixels[3 * pixel + 2]) << 16
            }
        }
    }
}
