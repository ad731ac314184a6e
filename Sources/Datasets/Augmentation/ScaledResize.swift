import Annotations

/// Sizes of training images at a random scale of given sides (INPUT.RESIZE_TRAIN).
package struct ScaledResize: Sendable, Equatable {
    /// What the scale multiplies.
    package enum Sides: Sendable, Equatable {
        /// Both sides that the image has to fit into (mmsegmentation's Resize with `ratio_range`).
        case bounds(longest: Int, shortest: Int)
        /// The longest side (PIDNet's multi_scale_aug).
        case longest(Int)
    }

    /// In pixels.
    package let sides: Sides
    /// INPUT.MIN_SCALE and MAX_SCALE.
    package let scales: ClosedRange<Double>
    /// INPUT.SCALE_STEP: from one scale to the next; 0: any.
    package let step: Double

    package init(_ sides: Sides, scales: ClosedRange<Double>, step: Double = 0) {
        precondition(step >= 0, "ScaledResize: step \(step)")
        self.sides = sides
        self.scales = scales
        self.step = step
    }

    /// A random scale, each with the same probability.
    package func drawScale(_ random: inout SampleRandom) -> Double {
        if step == 0 { return random.nextUniform(in: scales) }
        let last = Int(((scales.upperBound - scales.lowerBound) / step).rounded())
        // Divided as in PIDNet: k / 10, not k · 0.1.
        return scales.lowerBound + Double(random.nextInt(in: 0...last)) / (1 / step)
    }

    /// The size of an image of the size `image`, in the official arithmetic.
    package func size(of image: ImageSize, scale: Double) -> ImageSize {
        switch sides {
        case .bounds(let longest, let shortest):
            return image.fitted(
                longest: Int(Double(longest) * scale), shortest: Int(Double(shortest) * scale))
        case .longest(let base):
            let longest = Int(Double(base) * scale + 0.5)
            func other(_ side: Int, of long: Int) -> Int {
                max(1, Int(Double(side * longest) / Double(long) + 0.5))
            }
            return image.height > image.width
                ? ImageSize(height: longest, width: other(image.width, of: image.height))
                : ImageSize(height: other(image.height, of: image.width), width: longest)
        }
    }

    /// The largest size of any image.
    package var largest: ImageSize {
        switch sides {
        case .bounds(let longest, let shortest):
            ImageSize(
                height: Int(Double(shortest) * scales.upperBound), width: Int(Double(longest) * scales.upperBound))
        case .longest(let base):
            ImageSize(
                height: Int(Double(base) * scales.upperBound + 0.5), width: Int(Double(base) * scales.upperBound + 0.5))
        }
    }
}

extension ImageSize {
    /// The largest size of the same shape whose sides are at most the two (mmcv's rescale_size).
    func fitted(longest: Int, shortest: Int) -> ImageSize {
        let factor = min(
            Double(max(longest, shortest)) / Double(max(height, width)),
            Double(min(longest, shortest)) / Double(min(height, width)))
        func scaled(_ side: Int) -> Int { max(1, Int(Double(side) * factor + 0.5)) }
        return ImageSize(height: scaled(height), width: scaled(width))
    }
}
