import Backbones
import MaskClassifiers
import Networks

extension MaskClassifier.Configuration {
    /// The network that a configuration asks for. Throws `ConfigError` where it asks for what isn't built.
    package init(_ run: RunConfiguration) throws {
        try run.requireAvailable()
        let model = run.model
        var pixelDecoder = PEMPixelDecoder.Configuration()
        pixelDecoder.channels = model.pixelDecoder.convolutionChannels
        pixelDecoder.maskDimension = model.pixelDecoder.maskDimension
        let decoder = model.transformerDecoder
        var queryDecoder = MultiScaleQueryDecoder.Configuration()
        queryDecoder.classCount = model.classCount
        queryDecoder.channels = decoder.hiddenDimension
        queryDecoder.queryCount = decoder.queryCount
        queryDecoder.headCount = decoder.headCount
        queryDecoder.feedForwardChannels = decoder.feedforwardDimension
        queryDecoder.layerCount = decoder.layerCount
        queryDecoder.normalizesFirst = decoder.hasPreNorm
        queryDecoder.enforcesInputProjection = decoder.enforcesInputProjection
        var input = ImageNormalization()
        input.mean = model.pixelMean.map(Float.init)
        input.deviation = model.pixelDeviation.map(Float.init)
        input.divisibility = model.sizeDivisibility
        input.reversesChannels = run.input.format == .bgr
        self.init(
            backbone: try Self.backbone(run), pixelDecoder: pixelDecoder, queryDecoder: queryDecoder, input: input)
    }

    private static func backbone(_ run: RunConfiguration) throws -> any BackboneConfiguration {
        switch run.model.backbone {
        case .stdc(let stdc):
            return STDC.Configuration(layers: stdc.layers)
        case .resNet(let resNet):
            guard resNet.res5Dilation == 1 else {
                throw run.unavailable("MODEL.RESNETS.RES5_DILATION", "a dilated res5 (its stride would be 16)")
            }
            var sizes = ResNet.Configuration()
            sizes.depth = resNet.depth
            sizes.norm = resNet.norm == .frozenBatch ? .frozen : .batch
            sizes.freezeAt = resNet.freezeAt
            sizes.stemChannels = resNet.stemOutputChannels
            sizes.res2Channels = resNet.res2OutputChannels
            sizes.stridesIn1x1 = resNet.strideIn1x1
            return sizes
        case .swin:
            throw run.unavailable("MODEL.BACKBONE.NAME", "the Swin backbone")
        }
    }
}
