import Annotations
import Images

/// A random window in which no class covers too much (detectron2's RandomCrop_CategoryAreaConstraint, mmsegmentation's
/// RandomCrop with `cat_max_ratio`; INPUT.CROP).
package struct RandomCrop: Sendable, Equatable {
    /// INPUT.CROP.TYPE with SIZE.
    package enum Size: Sendable, Equatable {
        /// At most the image.
        case absolute(ImageSize)
        /// Each side at random between the two, at most the image.
        case absoluteRange(smallest: Int, largest: Int)
        /// Shares of the image's sides.
        case relative(height: Double, width: Double)
        /// Shares at random between these and 1.
        case relativeRange(height: Double, width: Double)
    }

    /// The window's size.
    package let size: Size
    /// INPUT.CROP.SINGLE_CATEGORY_MAX_AREA: largest share of the labelled pixels that one class may have; from 1 on the
    /// first window is taken.
    package let singleCategoryMaxArea: Double
    /// INPUT.CROP.ATTEMPTS: windows drawn at most; the last one is taken as it is.
    package let attempts: Int

    /// Ten attempts are detectron2's; mmsegmentation draws ten times more after the first.
    package init(size: Size, singleCategoryMaxArea: Double = 1, attempts: Int = 10) {
        precondition(attempts > 0, "RandomCrop: \(attempts) attempts")
        self.size = size
        self.singleCategoryMaxArea = singleCategoryMaxArea
        self.attempts = attempts
    }

    /// A window in an image of the size `image`, whatever is in it (detectron2's RandomCrop).
    package func drawRegion(in image: ImageSize, random: inout SampleRandom) -> PixelRegion { draw(in: image, &random) }

    /// A window in an image of the size `image`; `labels` gives the class numbers in a window, and is asked only
    /// where the constraint is on.
    package func drawRegion(
        in image: ImageSize, ignoreLabel: Int, random: inout SampleRandom, labels: (PixelRegion) -> LabelImage
    ) -> PixelRegion {
        var region = draw(in: image, &random)
        if singleCategoryMaxArea >= 1 { return region }
        for _ in 1..<attempts {
            if isBalanced(labels(region), ignoreLabel: ignoreLabel) { break }
            region = draw(in: image, &random)
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

    private func draw(in image: ImageSize, _ random: inout SampleRandom) -> PixelRegion {
        let window = windowSize(in: image, &random)
        let y = random.nextInt(below: image.height - window.height + 1)
        let x = random.nextInt(below: image.width - window.width + 1)
        return PixelRegion(x: x, y: y, window)
    }

    private func windowSize(in image: ImageSize, _ random: inout SampleRandom) -> ImageSize {
        func share(_ part: Double, of side: Int) -> Int { min(side, max(1, Int(Double(side) * part + 0.5))) }
        // Heights are drawn before widths.
        switch size {
        case .absolute(let crop):
            return ImageSize(height: min(crop.height, image.height), width: min(crop.width, image.width))
        case .absoluteRange(let smallest, let largest):
            func draw(_ side: Int) -> Int { random.nextInt(in: min(side, smallest)...min(side, largest)) }
            return ImageSize(height: draw(image.height), width: draw(image.width))
        case .relative(let height, let width):
            return ImageSize(height: share(height, of: image.height), width: share(width, of: image.width))
        case .relativeRange(let height, let width):
            return ImageSize(
                height: share(random.nextUniform(in: height...1), of: image.height),
                width: share(random.nextUniform(in: width...1), of: image.width))
        }
    }
}
