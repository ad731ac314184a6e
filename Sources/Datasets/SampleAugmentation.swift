import Images

/// What chance decided for one training image, applied alike to the picture and to every map that belongs to
/// it: resize, crop, colour, flip, pad.
struct SampleAugmentation {
    private let configuration: SemanticMapper.Configuration
    /// Of the whole image after resizing.
    private let width, height: Int
    /// The window of it that is kept.
    private let region: PixelRegion
    private let color: ColorAugmentation?
    private let flip: SemanticMapper.Flip

    /// Draws for an image of this size; `labels`, its class numbers, say where a crop is balanced.
    init(
        _ configuration: SemanticMapper.Configuration, labels: LabelImage, ignoreLabel: Int,
        random: inout SampleRandom
    ) {
        self.configuration = configuration
        let length = configuration.resize.drawLength(&random)
        let size = configuration.resize.size(height: labels.height, width: labels.width, length: length)
        (width, height) = (size.width, size.height)
        region =
            configuration.crop?.drawRegion(
                height: size.height, width: size.width, ignoreLabel: ignoreLabel, random: &random
            ) { labels.resizedNearest(width: size.width, height: size.height, region: $0) }
            ?? PixelRegion(x: 0, y: 0, width: size.width, height: size.height)
        color = configuration.distortsColor ? ColorAugmentation(&random) : nil
        flip = configuration.flip != .none && random.nextBool() ? configuration.flip : .none
    }

    /// The picture; padding is grey (128).
    func apply(to image: RGBImage) -> RGBImage {
        // Only the window of the resized image is computed.
        var result = image.resized(width: width, height: height, region: region)
        if let color { result = color.apply(to: result) }
        switch flip {
        case .none: break
        case .horizontal: result = result.flippedHorizontally()
        case .vertical: result = result.flippedVertically()
        }
        let grey = RGBColor(grey: 128)
        if let crop = paddedCrop {
            result = result.padded(width: crop.width, height: crop.height, fill: grey)
        }
        guard let square else { return result }
        return result.padded(width: square.width, height: square.height, fill: grey).cropped(to: square)
    }

    /// A map of class or segment numbers; padding is `fill`.
    func apply(to labels: LabelImage, fill: UInt16, rule: LabelImage.NearestRule) -> LabelImage {
        var result = labels.resizedNearest(width: width, height: height, region: region, rule: rule)
        switch flip {
        case .none: break
        case .horizontal: result = result.flippedHorizontally()
        case .vertical: result = result.flippedVertically()
        }
        if let crop = paddedCrop {
            result = result.padded(width: crop.width, height: crop.height, fill: fill)
        }
        guard let square else { return result }
        return result.padded(width: square.width, height: square.height, fill: fill).cropped(to: square)
    }

    private var paddedCrop: (width: Int, height: Int)? {
        guard configuration.padsToCrop, case .absolute(let height, let width)? = configuration.crop?.size
        else { return nil }
        return (width, height)
    }

    /// PARITY: PEM pads by "side − length" on the right and below, which cuts what is longer.
    private var square: PixelRegion? {
        configuration.squareSize.map { PixelRegion(x: 0, y: 0, width: $0, height: $0) }
    }
}
