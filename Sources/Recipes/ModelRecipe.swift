import Backbones
import Segmenters

extension Segmenter.Configuration {
    /// The network that a configuration asks for. Throws `ConfigError` where it asks for what isn't built.
    package init(_ run: RunConfiguration) throws {
        try run.requireAvailable()
        let model = run.model
        self.init(backbone: try Self.backbone(run))
        pixelDecoder.channels = model.pixelDecoder.convolutionChannels
        pixelDecoder.maskDimension = model.pixelDecoder.maskDimension
        let decoder = model.transformerDecoder
        transformerDecoder.classCount = model.classCount
        transformerDecoder.channels = decoder.hiddenDimension
        transformerDecoder.queryCount = decoder.queryCount
        transformerDecoder.headCount = decoder.headCount
        transformerDecoder.feedForwardChannels = decoder.feedforwardDimension
        transformerDecoder.layerCount = decoder.layerCount
        transformerDecoder.normalizesFirst = decoder.hasPreNorm
        transformerDecoder.enforcesInputProjection = decoder.enforcesInputProjection
        transformerDecoder.maskDimension = model.pixelDecoder.maskDimension
        normalization.mean = model.pixelMean.map(Float.init)
        normalization.deviation = model.pixelDeviation.map(Float.init)
        normalization.divisibility = model.sizeDivisibility
        normalization.reversesChannels = run.input.format == .bgr
    }

    private static func backbone(_ run: RunConfiguration) throws -> Segmenter.BackboneConfiguration {
        switch run.model.backbone {
        case .stdc(let stdc):
            return .stdc(.init(layers: stdc.layers))
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
            return .resNet(sizes)
        case .swin:
            throw run.unavailable("MODEL.BACKBONE.NAME", "the Swin backbone")
        }
    }
}
