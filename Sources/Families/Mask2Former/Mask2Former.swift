import Backbones
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import MaskClassifiers
import Networks

/// Mask2Former (Cheng et al., CVPR 2022): multi-scale deformable attention among pixels, masked attention of queries.
/// With PEM's cross-attention in the place of masked attention it is EMCA, "Efficient Mask2Former"; with MaskFormer's
/// decoder it is an ablation of the official code.
package struct Mask2Former: NetworkFamily, Configurable {
    package static let name = "Mask2Former"
    package static let counting = WorkCounting.inference
    package static let signs: KeyValuePairs = [
        "MODEL.META_ARCHITECTURE": ["MaskFormer"], "MODEL.SEM_SEG_HEAD.NAME": ["MaskFormerHead"],
        "MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME": ["MSDeformAttnPixelDecoder"],
        "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME": [
            "MultiScaleMaskedTransformerDecoder", "PEMTransformerDecoder", "StandardTransformerDecoder",
        ],
    ]

    /// How pixels become the input.
    package private(set) var input = ImageNormalization()
    /// The backbone.
    package private(set) var backbone: any NamedBackbone = ResNet.Configuration()
    /// The pixel decoder.
    package private(set) var pixelDecoder = MSDeformAttnPixelDecoder.Configuration()
    /// The query decoder.
    package private(set) var decoder: any QueryDecoderSizes = MultiScaleQueryDecoder.Configuration()
    /// The loss.
    package private(set) var criterionConfiguration = SetCriterion.Configuration()
    /// For a person: "Mask2Former", "EMCA".
    private var title = Self.name

    package init() {}

    package static var sections: [SettingSection<Mask2Former>] {
        [
            paddingSection.at(\.input), setCriterionSection.at(\.criterionConfiguration), .backbone(\.backbone),
            pixelDecoder.at(\.pixelDecoder), deformableEncoderSection.at(\.pixelDecoder),
        ]
    }

    private static var pixelDecoder: SettingSection<MSDeformAttnPixelDecoder.Configuration> {
        pixelDecoderSection(
            channels: \.channels, maskDimension: \.maskDimension,
            norm: .norm(
                "GN", \.norm, ["GN": .group, "BN": .batch, "SyncBN": .batch, "FrozenBN": .frozen, "": NormKind.none],
                else: "this norm", "The norm of the pixel decoder."))
    }

    // In the order in which a resolved configuration lists them.
    package static var declarations: [KeyDeclaration] {
        multiScaleSection.declarations + sections.dropLast(2).flatMap(\.declarations) + backboneDeclarations
            + ModelConfiguration.headSection.declarations + pixelDecoder.declarations
            + deformableEncoderSection.declarations + otherHeadSection.declarations
    }
    package static var nameMaps: [NameMap] {
        [.huggingFaceMask2Former] + namedBackbones.flatMap { $0.nameMaps } + [.detectron2]
    }

    package mutating func finish(_ reader: ConfigReader) throws {
        let (model, divisibility) = (try ModelConfiguration(reader), input.divisibility)
        input = model.input
        let asksBackbone = try reader.integer("MODEL.MASK_FORMER.SIZE_DIVISIBILITY") < 0
        input.divisibility = asksBackbone ? backbone.sizeDivisibility : divisibility
        (decoder, title) = try Self.decoder(reader)
        decoder.classCount = model.classCount
        try checkQueryChannels(decoder, reader)
        pixelDecoder.headCount = decoder.headCount
        pixelDecoder.layerCount = try reader.integer("MODEL.SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS", in: 0...1000)
        pixelDecoder.dropout = try Self.dropout(reader)
        guard pixelDecoder.channels % 32 == 0, pixelDecoder.channels % pixelDecoder.headCount == 0 else {
            throw reader.invalid(
                "MODEL.SEM_SEG_HEAD.CONVS_DIM",
                "expected a multiple of 32, the groups of a GroupNorm, and of MODEL.MASK_FORMER.NHEADS "
                    + "(\(pixelDecoder.headCount)), got \(pixelDecoder.channels)")
        }
    }

    private static func dropout(_ reader: ConfigReader) throws -> Double {
        try reader.real("MODEL.MASK_FORMER.DROPOUT", in: 0...0.999)
    }

    private static var multiScaleSection: SettingSection<MultiScaleQueryDecoder.Configuration> {
        queryDecoderSection(layersBeforeFirst: 1)
    }

    /// The query decoder that is asked for, and what the network with it is called.
    private static func decoder(_ reader: ConfigReader) throws -> (any QueryDecoderSizes, title: String) {
        let section = "MODEL.MASK_FORMER."
        let name = try reader.text(section + "TRANSFORMER_DECODER_NAME")
        if name == "StandardTransformerDecoder" {
            var decoder = StandardTransformerDecoder.Configuration()
            try queryDecoderSection(layersBeforeFirst: 0).decode(reader, into: &decoder)
            decoder.dropout = try dropout(reader)
            decoder.memory = try reader.choice(
                section + "TRANSFORMER_IN_FEATURE",
                [
                    "transformer_encoder": .encoder, "pixel_embedding": .maskFeatures, "res2": .backbone("res2"),
                    "res3": .backbone("res3"), "res4": .backbone("res4"), "res5": .backbone("res5"),
                ])
            if try reader.integer(section + "ENC_LAYERS", in: 0...1000) > 0 {
                reader.refuse(section + "ENC_LAYERS", "a transformer encoder before the query decoder")
            }
            return (decoder, "\(self.name) with MaskFormer's decoder")
        }
        var decoder = MultiScaleQueryDecoder.Configuration()
        try multiScaleSection.decode(reader, into: &decoder)
        try reader.choice(section + "TRANSFORMER_IN_FEATURE", ["multi_scale_pixel_decoder": ()])
        // PEM's cross-attention is the default of the configuration.
        if name == "PEMTransformerDecoder" { return (decoder, "EMCA") }
        decoder.crossAttention = { MaskedCrossAttention($0, $1) }
        return (decoder, self.name)
    }

    package func network(seed: UInt64) -> any Network {
        MaskClassifier(
            .init(backbone: backbone, pixelDecoder: pixelDecoder, queryDecoder: decoder, input: input), seed: seed)
    }

    package func criterion() -> any Criterion { SetCriterion(criterionConfiguration) }

    package var queryCount: Int? { decoder.queryCount }

    package var summary: String {
        "\(title), \(backbone.title), \(pixelDecoder.layerCount) encoder layers, \(decoder.queryCount) queries, "
            + "\(decoder.layerCount) decoder layers, \(decoder.classCount) classes"
    }
}
