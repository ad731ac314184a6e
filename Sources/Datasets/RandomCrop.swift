import Images

/// A random window in which no class covers too much (detectron2's RandomCrop_CategoryAreaConstraint).
package struct RandomCrop: Sendable, Equatable {
    /// How large the window is.
    package enum Size: Sendable, Equatable {
        /// At most the image.
        case absolute(height: Int, width: Int)
        /// Each side at random between the two, at most the image.
        case absoluteRange(smallest: Int, largest: Int)
        /// Shares of the image's sides.
        case relative(height: Double, width: Double)
        /// Shares at random between these and 1.
        case relativeRange(height: Double, width: Double)
    }

    /// Windows tried before the last one is taken as it is.
    private static let attempts = 10

    /// The window's size.
    package let size: Size
    /// Largest share of the labelled pixels that one class may have; from 1 on the first window is taken.
    package let singleCategoryMaxArea: Double

    /// From 1 on, `singleCategoryMaxArea` asks nothing of the window.
    package init(size: Size, singleCategoryMaxArea: Double = 1) {
        self.size = size
        self.singleCategoryMaxArea = singleCategoryMaxArea
    }

    /// A window in an image of this size; `labels` gives the class numbers in a window, and is asked only
    /// where the constraint is on.
    package func drawRegion(
        height: Int, width: Int, ignoreLabel: Int, random: inout SampleRandom,
        labels: (PixelRegion) -> LabelImage
    ) -> PixelRegion {
        var region = draw(height: height, width: width, &random)
        if singleCategoryMaxArea >= 1 { return region }
        for attempt in 1...Self.attempts {
            if isBalanced(labels(region), ignoreLabel: ignoreLabel) || attempt == Self.attempts { break }
            region = draw(height: height, width: width, &random)
        }
        return region
    }

    /// At least two classes, and none above its share of the pixels that aren't ignored.
    package func isBalanced(_ labels: LabelImage, ignoreLabel: Int) -> Bool {
        var counts = [Int](repeating: 0, count: Int(UInt16.max) + 1)
        for label in labels.values { counts[Int(label)] += 1 }
        counts[ignoreLabel] = 0
        let present = counts.filter { $0 > 0 }
        guard present.count > 1, let most = present.max() else { return false }
        return Double(most) < Double(present.reduce(0, +)) * singleCategoryMaxArea
    }

    private func draw(height: Int, width: Int, _ random: inout SampleRandom) -> PixelRegion {
        let window = windowSize(height: height, width: width, &random)
        let y = random.nextInt(below: height - window.height + 1)
        let x = random.nextInt(below: width - window.width + 1)
        return PixelRegion(x: x, y: y, width: window.width, height: window.height)
    }

    private func windowSize(
        height: Int, width: Int, _ random: inout SampleRandom
    ) -> (height: Int, width: Int) {
        func share(_ part: Double, of side: Int) -> Int { min(side, max(1, Int(Double(side) * part + 0.5))) }
        switch size {
        case .absolute(let cropHeight, let cropWidth):
            return (min(cropHeight, height), min(cropWidth, width))
        case .absoluteRange(let smallest, let largest):
            return (
                random.nextInt(in: min(height, smallest)...min(height, largest)),
                random.nextInt(in: min(width, smallest)...min(width, largest))
            )
        case .relative(let heightShare, let widthShare):
            return (share(heightShare, of: height), share(widthShare, of: width))
        case .relativeRange(let heightShare, let widthShare):
            return (
                share(random.nextUniform(in: heightShare...1), of: height),
                share(random.nextUniform(in: widthShare...1), of: width)
            )
        }
    }
}
