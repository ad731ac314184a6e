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
/// decoder or one of its pixel decoders it is an ablation of the official code.
package struct Mask2Former: NetworkFamily, Configurable {
    package static let name = "Mask2Former"
    package static let counting = WorkCounting.inference
    package static let signs: KeyValuePairs = [
        "MODEL.META_ARCHITECTURE": ["MaskFormer"], "MODEL.SEM_SEG_HEAD.NAME": ["MaskFormerHead"],
        "MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME": namedPixelDecoders.map { $0.name },
        "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME": [
            "MultiScaleMaskedTransformerDecoder", "PEMTransformerDecoder", "StandardTransformerDecoder",
        ],
    ]

    /// How pixels become the input.
    package private(set) var input = ImageNormalization()
    /// The backbone.
    package private(set) var backbone: any NamedBackbone = ResNet.Configuration()
    /// The pixel decoder.
    package private(set) var pixelDecoder: any NamedPixelDecoder = MSDeformAttnPixelDecoder.Configuration()
    /// The query decoder.
    package private(set) var decoder: any QueryDecoderSizes = MultiScaleQueryDecoder.Configuration()
    /// The loss.
    package private(set) var criterionConfiguration = SetCriterion.Configuration()
    /// For a person: "Mask2Former", "EMCA".
    private var title = Self.name

    package init() {}

    package static var sections: [SettingSection<Mask2Former>] {
        [setCriterionSection.at(\.criterionConfiguration), .backbone(\.backbone)]
    }

    // In the order in which a resolved configuration lists them.
    package static var declarations: [KeyDeclaration] {
        multiScaleSection.declarations + paddingSection.declarations + sections.flatMap(\.declarations)
            + backboneDeclarations + ModelConfiguration.headSection.declarations
            + namedPixelDecoders.flatMap { $0.declarations } + otherHeadSection.declarations
    }
    package static var nameMaps: [NameMap] {
        [.huggingFaceMask2Former] + namedBackbones.flatMap { $0.nameMaps } + [.detectron2]
    }

    package mutating func finish(_ reader: ConfigReader) throws {
        input = try reader.paddedInput(for: backbone)
        (decoder, title) = try Self.decoder(reader)
        pixelDecoder = try reader.pixelDecoder(among: namedPixelDecoders)
    }

    private static var multiScaleSection: SettingSection<MultiScaleQueryDecoder.Configuration> {
        queryDecoderSection(layersBeforeFirst: 1)
    }

    /// The query decoder that is asked for, and what the network with it is called.
    private static func decoder(_ reader: ConfigReader) throws -> (any QueryDecoderSizes, title: String) {
        let section = "MODEL.MASK_FORMER."
        let name = try reader.text(section + "TRANSFORMER_DECODER_NAME")
        if name == "StandardTransformerDecoder" {
            let decoder = try StandardTransformerDecoder.Configuration(reader)
            return (decoder, "\(self.name) with MaskFormer's decoder")
        }
        var decoder = MultiScaleQueryDecoder.Configuration()
        try multiScaleSection.decode(reader, into: &decoder)
        decoder.classCount = try reader.integer("MODEL.SEM_SEG_HEAD.NUM_CLASSES")
        try checkQueryChannels(decoder, reader)
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
        "\(title), \(backbone.title), \(pixelDecoder.title), \(decoder.queryCount) queries, "
            + "\(decoder.layerCount) decoder layers, \(decoder.classCount) classes"
    }
}
