import Backbones
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import MaskClassifiers
import Networks

/// PEM, Prototype-based Efficient MaskFormer (Cavagnero et al., CVPR 2024): its pixel decoder, and prototype-based
/// cross-attention of the queries.
package struct PEM: NetworkFamily, Configurable {
    package static let name = "PEM"
    // PARITY: the official PEM files say MultiScaleMaskedTransformerDecoder and mean PEM-CA, since their pixel decoder
    // builder only ever makes PEM's.
    package static let signs: KeyValuePairs = [
        "MODEL.META_ARCHITECTURE": ["MaskFormer"], "MODEL.SEM_SEG_HEAD.NAME": ["MaskFormerHead"],
        "MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME": ["PEM_Pixel_Decoder"],
        "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME": ["PEMTransformerDecoder", "MultiScaleMaskedTransformerDecoder"],
    ]

    /// How pixels become the input.
    package private(set) var input = ImageNormalization()
    /// The backbone.
    package private(set) var backbone: any NamedBackbone = ResNet.Configuration()
    /// The pixel decoder.
    package internal(set) var pixelDecoder = PEMPixelDecoder.Configuration()
    /// The query decoder.
    package internal(set) var decoder = MultiScaleQueryDecoder.Configuration()
    /// What queries read of the keys.
    var prototypes = Prototypes.selected
    /// The loss.
    package private(set) var criterionConfiguration = SetCriterion.Configuration()

    package init() {}

    package static var sections: [SettingSection<PEM>] {
        [
            queryDecoderSection(layersBeforeFirst: 1).at(\.decoder), paddingSection.at(\.input),
            setCriterionSection.at(\.criterionConfiguration), ablations, .backbone(\.backbone),
            pixelDecoder.at(\.pixelDecoder),
        ]
    }

    private static var pixelDecoder: SettingSection<PEMPixelDecoder.Configuration> {
        pixelDecoderSection(
            channels: \.channels, maskDimension: \.maskDimension,
            norm: .norm(
                "GN", \.norm, ["BN": .batch, "SyncBN": .batch, "FrozenBN": nil, "GN": nil, "": nil],
                else: "PEM's pixel decoder without batch norm", "The norm of the pixel decoder."))
    }

    // In the order in which a resolved configuration lists them.
    package static var declarations: [KeyDeclaration] {
        sections.dropLast().flatMap(\.declarations) + backboneDeclarations
            + ModelConfiguration.headSection.declarations + pixelDecoder.declarations
            + deformableEncoderSection.declarations + otherHeadSection.declarations
    }
    package static var nameMaps: [NameMap] { namedBackbones.flatMap { $0.nameMaps } + [.detectron2] }

    package mutating func finish(_ reader: ConfigReader) throws {
        let (model, divisibility) = (try ModelConfiguration(reader), input.divisibility)
        input = model.input
        input.divisibility = divisibility
        decoder.classCount = model.classCount
        decoder.crossAttention = prototypes.crossAttention
        try checkQueryChannels(decoder, reader)
        guard input.divisibility % 32 == 0 else {
            throw reader.invalid(
                "MODEL.MASK_FORMER.SIZE_DIVISIBILITY",
                "expected a multiple of 32, the stride of res5, got \(input.divisibility)")
        }
    }

    package func network(seed: UInt64) -> any Network {
        MaskClassifier(
            .init(backbone: backbone, pixelDecoder: pixelDecoder, queryDecoder: decoder, input: input), seed: seed)
    }

    package func criterion() -> any Criterion { SetCriterion(criterionConfiguration) }

    package var queryCount: Int? { decoder.queryCount }

    package var summary: String {
        "PEM, \(backbone.title), \(decoder.queryCount) queries, \(decoder.layerCount) decoder layers, "
            + "\(decoder.classCount) classes" + changes.map { ", \($0)" }.joined()
    }
}
