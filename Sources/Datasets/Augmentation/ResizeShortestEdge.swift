import Annotations

/// Sizes of images whose shortest side is given, as long as the longest stays within a limit (detectron2's
/// ResizeShortestEdge).
package struct ResizeShortestEdge: Sendable, Equatable {
    /// Where the shortest side comes from (INPUT.MIN_SIZE_TRAIN_SAMPLING).
    package enum Sampling: Sendable, Equatable {
        /// One of the lengths.
        case choice
        /// Anything from the first to the second, both included.
        case range
    }

    /// INPUT.MIN_SIZE_TRAIN, MIN_SIZE_TEST: shortest sides; 0 leaves an image as it is.
    package let minSizes: [Int]
    /// How a length is drawn from `minSizes`.
    package let sampling: Sampling
    /// INPUT.MAX_SIZE_TRAIN, MAX_SIZE_TEST: the limit of the longest side.
    package let maxSize: Int

    /// Lengths in pixels, at least one; a range needs its two ends.
    package init(minSizes: [Int], sampling: Sampling = .choice, maxSize: Int) {
        precondition(
            !minSizes.isEmpty && maxSize > 0
                && (sampling == .choice || minSizes.count == 2 && minSizes[0] <= minSizes[1]),
            "ResizeShortestEdge: shortest sides \(minSizes), longest side \(maxSize)")
        self.minSizes = minSizes
        self.sampling = sampling
        self.maxSize = maxSize
    }

    /// A random shortest side.
    package func drawLength(_ random: inout SampleRandom) -> Int {
        switch sampling {
        case .choice: minSizes[random.nextInt(below: minSizes.count)]
        case .range: random.nextInt(in: minSizes[0]...minSizes[1])
        }
    }

    /// The size of an image of the size `image` with a shortest side of `length`. Double arithmetic and rounding
    /// are the official ones.
    package func size(of image: ImageSize, length: Int) -> ImageSize {
        if length == 0 { return image }
        let side = Double(length)
        let scale = side / Double(min(image.height, image.width))
        var (height, width) =
            image.height < image.width
            ? (side, scale * Double(image.width)) : (scale * Double(image.height), side)
        let longest = max(height, width)
        if longest > Double(maxSize) {
            let shrink = Double(maxSize) / longest
            height *= shrink
            width *= shrink
        }
        // A strip so thin that it rounds to nothing keeps a pixel (Pillow would refuse it).
        return ImageSize(height: max(1, Int(height + 0.5)), width: max(1, Int(width + 0.5)))
    }
}
