import Images

/// What may happen to a training image.
package enum Augmentation: Sendable, Equatable {
    /// Resize by the shortest side, crop, colour, flip, pad.
    case standard(SemanticMapper.Configuration)
    /// Flip, resize, crop, pad.
    case jitter(LargeScaleJitter)
}

/// What chance decided for one training image, applied alike to the picture and to everything that belongs to
/// it.
struct SampleAugmentation {
    /// Of the image as it is.
    private let sourceHeight, sourceWidth: Int
    private let firstFlip: SemanticMapper.Flip
    /// Of the whole image after resizing.
    private let height, width: Int
    /// The window of it that is kept.
    private let region: PixelRegion
    /// What polygons are cut to; beyond the resized image where that is padded.
    private let window: PixelRegion?
    private let color: ColorAugmentation?
    private let lastFlip: SemanticMapper.Flip
    /// What is smaller is padded to this, on the right and below.
    private let leastSize: (height: Int, width: Int)?
    /// Rows and columns of the result; what is larger is cut.
    private let side: Int?

    /// Draws for an image of this size; `labels`, its class numbers, say where a crop is balanced and are needed
    /// for nothing else.
    init(
        _ augmentation: Augmentation, height: Int, width: Int, labels: LabelImage? = nil, ignoreLabel: Int,
        random: inout SampleRandom
    ) {
        switch augmentation {
        case .standard(let configuration):
            self.init(configuration, (height, width), labels, ignoreLabel: ignoreLabel, random: &random)
        case .jitter(let jitter): self.init(jitter, (height, width), random: &random)
        }
    }

    private init(
        _ configuration: SemanticMapper.Configuration, _ source: (height: Int, width: Int),
        _ labels: LabelImage?, ignoreLabel: Int, random: inout SampleRandom
    ) {
        (sourceHeight, sourceWidth) = source
        firstFlip = .none
        let length = configuration.resize.drawLength(&random)
        let size = configuration.resize.size(height: source.height, width: source.width, length: length)
        (height, width) = size
        window = configuration.crop?.drawRegion(
            height: size.height, width: size.width, ignoreLabel: ignoreLabel, random: &random
        ) {
            labels?.resizedNearest(width: size.width, height: size.height, region: $0)
                ?? LabelImage(width: 1, height: 1, fill: 0)
        }
        region = window ?? PixelRegion(x: 0, y: 0, width: size.width, height: size.height)
        color = configuration.distortsColor ? ColorAugmentation(&random) : nil
        lastFlip = configuration.flip != .none && random.nextBool() ? configuration.flip : .none
        if configuration.padsToCrop, case .absolute(let height, let width)? = configuration.crop?.size {
            leastSize = (height, width)
        } else {
            leastSize = nil
        }
        // PARITY: PEM pads by "side − length" on the right and below, which cuts what is longer.
        side = configuration.squareSize
    }

    private init(
        _ jitter: LargeScaleJitter, _ source: (height: Int, width: Int), random: inout SampleRandom
    ) {
        (sourceHeight, sourceWidth) = source
        firstFlip = jitter.flip != .none && random.nextBool() ? jitter.flip : .none
        let size = jitter.size(
            height: source.height, width: source.width, scale: random.nextUniform(in: jitter.scales))
        (height, width) = size
        let offset = jitter.offset(height: size.height, width: size.width, share: random.nextUniform())
        region = PixelRegion(
            x: offset.x, y: offset.y, width: min(size.width, jitter.side),
            height: min(size.height, jitter.side))
        window = PixelRegion(x: offset.x, y: offset.y, width: jitter.side, height: jitter.side)
        (color, lastFlip, leastSize) = (nil, .none, nil)
        side = jitter.side
    }

    /// The size of the result.
    var resultSize: (height: Int, width: Int) {
        if let side { return (side, side) }
        return (max(region.height, leastSize?.height ?? 0), max(region.width, leastSize?.width ?? 0))
    }

    /// The picture; padding is grey (128).
    func apply(to image: RGBImage) -> RGBImage {
        // Only the window of the resized image is computed.
        var result = image.flipped(firstFlip).resized(width: width, height: height, region: region)
        if let color { result = color.apply(to: result) }
        result = result.flipped(lastFlip)
        let grey = RGBColor(grey: 128)
        if let leastSize {
            result = result.padded(width: leastSize.width, height: leastSize.height, fill: grey)
        }
        guard let side else { return result }
        return result.padded(width: side, height: side, fill: grey)
            .cropped(to: PixelRegion(x: 0, y: 0, width: side, height: side))
    }

    /// A map of class or segment numbers; padding is `fill`.
    func apply(to labels: LabelImage, fill: UInt16, rule: LabelImage.NearestRule) -> LabelImage {
        var result = labels.flipped(firstFlip)
            .resizedNearest(width: width, height: height, region: region, rule: rule).flipped(lastFlip)
        if let leastSize {
            result = result.padded(width: leastSize.width, height: leastSize.height, fill: fill)
        }
        guard let side else { return result }
        return result.padded(width: side, height: side, fill: fill)
            .cropped(to: PixelRegion(x: 0, y: 0, width: side, height: side))
    }

    /// Polygons, each x0, y0, x1, y1, … in pixels: moved, cut to the window (each at most once: detectron2 lets
    /// GEOS cut them), and left out where nothing remains.
    func apply(to polygons: [[Double]]) -> [[Double]] {
        polygons.compactMap { polygon in
            let moved = Self.flipped(polygon, firstFlip, sourceHeight, sourceWidth).enumerated().map {
                $0 % 2 == 0
                    ? $1 * (Double(width) / Double(sourceWidth)) : $1 * (Double(height) / Double(sourceHeight))
            }
            guard let window else { return Self.flipped(moved, lastFlip, height, width) }
            return PolygonWindow(window).cut(moved).map {
                Self.flipped($0, lastFlip, region.height, region.width)
            }
        }
    }

    private static func flipped(
        _ polygon: [Double], _ flip: SemanticMapper.Flip, _ height: Int, _ width: Int
    ) -> [Double] {
        switch flip {
        case .none: polygon
        case .horizontal: polygon.enumerated().map { $0 % 2 == 0 ? Double(width) - $1 : $1 }
        case .vertical: polygon.enumerated().map { $0 % 2 == 1 ? Double(height) - $1 : $1 }
        }
    }
}

extension RGBImage {
    fileprivate func flipped(_ flip: SemanticMapper.Flip) -> RGBImage {
        switch flip {
        case .none: self
        case .horizontal: flippedHorizontally()
        case .vertical: flippedVertically()
        }
    }
}

extension LabelImage {
    fileprivate func flipped(_ flip: SemanticMapper.Flip) -> LabelImage {
        switch flip {
        case .none: self
        case .horizontal: flippedHorizontally()
        case .vertical: flippedVertically()
        }
    }
}
