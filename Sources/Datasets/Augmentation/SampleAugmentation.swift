import Annotations
import Images

/// What may happen to a training image.
package enum Augmentation: Sendable, Equatable {
    /// Resize by the shortest side, crop, colour, flip, pad.
    case standard(StandardAugmentation)
    /// Flip, resize, crop, pad.
    case jitter(LargeScaleJitter)
    /// Flip, then resize, or resize, crop and resize.
    case detr(DETRAugmentation)
}

/// What was drawn for one training image, applied alike to the picture and to its annotations.
struct SampleAugmentation {
    /// Of the image before augmentation.
    private let source: ImageSize
    private let firstFlip: Flip
    /// Of the whole image after resizing.
    private let resized: ImageSize
    private let resampling: Resampling
    /// The window of it that is kept.
    private let region: PixelRegion
    /// What polygons are cut to; beyond the resized image where that is padded.
    private let window: PixelRegion?
    /// Of the window after a second resizing; nil: it keeps its size.
    private let lastSize: ImageSize?
    private let color: ColorAugmentation?
    private let lastFlip: Flip
    /// What is smaller is padded to this, on the right and below.
    private let leastSize: ImageSize?
    /// Rows and columns of the result; what is larger is cut.
    private let side: Int?
    private let padding: Padding

    /// Draws for an image of the size `source`; `labels`, its class numbers, say where a crop is balanced and are
    /// needed for nothing else.
    init(
        _ augmentation: Augmentation, _ source: ImageSize, labels: LabelImage? = nil, ignoreLabel: Int,
        random: inout SampleRandom
    ) {
        switch augmentation {
        case .standard(let standard):
            self.init(standard, source, labels, ignoreLabel: ignoreLabel, random: &random)
        case .jitter(let jitter): self.init(jitter, source, random: &random)
        case .detr(let detr): self.init(detr, source, random: &random)
        }
    }

    private init(
        _ standard: StandardAugmentation, _ source: ImageSize, _ labels: LabelImage?, ignoreLabel: Int,
        random: inout SampleRandom
    ) {
        self.source = source
        firstFlip = .none
        let size =
            standard.scaledResize.map { $0.size(of: source, scale: $0.drawScale(&random)) }
            ?? standard.resize.size(of: source, length: standard.resize.drawLength(&random))
        resized = size
        resampling = standard.resampling
        window = standard.crop?.drawRegion(in: size, ignoreLabel: ignoreLabel, random: &random) {
            labels?.resizedNearest(to: size, region: $0, rule: standard.resampling.nearest(.torch))
                ?? LabelImage(size: ImageSize(height: 1, width: 1), values: [0])
        }
        region = window ?? PixelRegion(size)
        lastSize = nil
        color = standard.colorAugmentation ? ColorAugmentation(&random, hues: standard.hues) : nil
        lastFlip = standard.randomFlip.drawn(&random)
        if standard.padsToCrop, case .absolute(let crop)? = standard.crop?.size {
            leastSize = crop
        } else {
            leastSize = nil
        }
        // PARITY: PEM pads by "side − length" on the right and below, which cuts what is longer.
        side = standard.sizeDivisibility
        padding = standard.padding
    }

    private init(_ jitter: LargeScaleJitter, _ source: ImageSize, random: inout SampleRandom) {
        self.source = source
        firstFlip = jitter.randomFlip.drawn(&random)
        resized = jitter.size(of: source, scale: random.nextUniform(in: jitter.scales))
        let window = jitter.window(in: resized, share: random.nextUniform())
        region = PixelRegion(
            x: window.x, y: window.y, width: min(resized.width, window.width),
            height: min(resized.height, window.height))
        self.window = window
        (lastSize, color, lastFlip, leastSize) = (nil, nil, .none, nil)
        side = jitter.imageSize
        (resampling, padding) = (.pillow, .grey)
    }

    private init(_ detr: DETRAugmentation, _ source: ImageSize, random: inout SampleRandom) {
        self.source = source
        // Half of the images stay whole.
        let crop = detr.crop.flatMap { random.nextBool() ? nil : $0 }
        firstFlip = Flip.horizontal.drawn(&random)
        let first = crop == nil ? detr.resize : DETRAugmentation.firstResize
        resized = first.size(of: source, length: first.drawLength(&random))
        window = crop?.drawRegion(in: resized, random: &random)
        region = window ?? PixelRegion(resized)
        lastSize = window.map { detr.resize.size(of: $0.size, length: detr.resize.drawLength(&random)) }
        (color, lastFlip, leastSize, side) = (nil, .none, nil, nil)
        (resampling, padding) = (.pillow, .grey)
    }

    /// The size of the result, labels or picture; a picture that is padded after normalisation may be smaller.
    var resultSize: ImageSize {
        if let side { return ImageSize(height: side, width: side) }
        let size = lastSize ?? region.size
        return ImageSize(
            height: max(size.height, leastSize?.height ?? 0), width: max(size.width, leastSize?.width ?? 0))
    }

    /// The picture.
    func apply(to image: Image<UInt8>) -> Image<UInt8> {
        // Only the window of the resized image is computed.
        var result = resampling.resized(firstFlip.apply(to: image), to: resized, region: region)
        if let lastSize { result = resampling.resized(result, to: lastSize) }
        if let color { result = color.apply(to: result) }
        return finished(result, fill: padding.level.map { [UInt8](repeating: $0, count: image.channels) })
    }

    /// A map of class or segment numbers; padding is `fill`, and `rule` the one of detectron2's mapper.
    func apply(to labels: LabelImage, fill: UInt16, rule: NearestRule) -> LabelImage {
        let rule = resampling.nearest(rule)
        let first = firstFlip.apply(to: labels).resizedNearest(to: resized, region: region, rule: rule)
        return finished(lastSize.map { first.resizedNearest(to: $0, rule: rule) } ?? first, fill: [fill])
    }

    /// The steps after resizing and cropping; nothing is padded without `fill`.
    private func finished<Sample>(_ image: Image<Sample>, fill: [Sample]?) -> Image<Sample> {
        let flipped = lastFlip.apply(to: image)
        let padded = fill.map { flipped.padded(to: leastSize ?? image.size, fill: $0) } ?? flipped
        guard side != nil else { return padded }
        let filled = fill.map { padded.padded(to: resultSize, fill: $0) } ?? padded
        return filled.cropped(
            to: PixelRegion(
                ImageSize(
                    height: min(filled.height, resultSize.height), width: min(filled.width, resultSize.width))))
    }

    /// Polygons, each x0, y0, x1, y1, … in pixels, where nothing is resized twice: moved, cut to the window (each at
    /// most once: detectron2 lets GEOS cut them), and left out where nothing remains.
    func apply(to polygons: [[Double]]) -> [[Double]] {
        precondition(lastSize == nil, "SampleAugmentation: polygons are resized once")
        let scale = (
            x: Double(resized.width) / Double(source.width), y: Double(resized.height) / Double(source.height)
        )
        return polygons.compactMap { polygon in
            let moved = firstFlip.apply(to: polygon, in: source).enumerated().map {
                $1 * ($0 % 2 == 0 ? scale.x : scale.y)
            }
            guard let window else { return lastFlip.apply(to: moved, in: resized) }
            return PolygonWindow(window).cut(moved).map { lastFlip.apply(to: $0, in: region.size) }
        }
    }
}
