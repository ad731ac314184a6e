import Backbones
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import MaskClassifiers
import Networks

/// MaskFormer (Cheng et al., NeurIPS 2021): a feature pyramid, and DETR's decoder, whose queries are masks with
/// classes.
package struct MaskFormer: NetworkFamily, Configurable {
    package static let name = "MaskFormer"
    package static let counting = WorkCounting.inference
    // PARITY: its official files name no decoder, since its code has no such key; with the default of Mask2Former's,
    // which reads several maps, a single one is no Mask2Former.
    package static let signs: KeyValuePairs = [
        "MODEL.META_ARCHITECTURE": ["MaskFormer"], "MODEL.SEM_SEG_HEAD.NAME": ["MaskFormerHead"],
        "MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME": pixelDecoders.map { $0.name },
        "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME": ["MultiScaleMaskedTransformerDecoder"],
        "MODEL.MASK_FORMER.TRANSFORMER_IN_FEATURE": standardMemories.map(\.key),
    ]

    private static let pixelDecoders: [any NamedPixelDecoder.Type] = [
        BasePixelDecoder.Configuration.self, TransformerEncoderPixelDecoder.Configuration.self,
    ]

    /// How pixels become the input.
    package private(set) var input = ImageNormalization()
    /// The backbone.
    package private(set) var backbone: any NamedBackbone = ResNet.Configuration()
    /// The pixel decoder.
    package private(set) var pixelDecoder: any NamedPixelDecoder = BasePixelDecoder.Configuration()
    /// The query decoder.
    package private(set) var decoder = StandardTransformerDecoder.Configuration()
    /// The loss.
    package private(set) var criterionConfiguration = FullMaskCriterion.Configuration()

    package init() {}

    package static var sections: [SettingSection<MaskFormer>] {
        [criterionSection.at(\.criterionConfiguration), .backbone(\.backbone)]
    }

    private static var criterionSection: SettingSection<FullMaskCriterion.Configuration> {
        SettingSection(
            "MODEL.MASK_FORMER",
            [
                .deepSupervision(\.supervisesAuxiliaryOutputs), .noObjectWeight(\.noObjectWeight),
                .diceWeight(\.weights.dice), .maskWeight(\.weights.mask),
                .choice(
                    "MATCHER", "hungarian", \.matching, ["hungarian": .hungarian, "fixed": .fixed],
                    "Of MaskFormer, which query learns which segment: hungarian, the cheapest assignment; fixed, "
                        + "query i class i."),
            ])
    }

    // In the order in which a resolved configuration lists them.
    package static var declarations: [KeyDeclaration] {
        standardDecoderSection.declarations + paddingSection.declarations + sections.flatMap(\.declarations)
            + backboneDeclarations + ModelConfiguration.headSection.declarations
            + pixelDecoders.flatMap { $0.declarations } + otherHeadSection.declarations
    }
    package static var nameMaps: [NameMap] {
        [.huggingFaceMaskFormer] + namedBackbones.flatMap { $0.nameMaps } + [.detectron2]
    }

    package mutating func finish(_ reader: ConfigReader) throws {
        input = try reader.paddedInput(for: backbone)
        decoder = try StandardTransformerDecoder.Configuration(reader)
        pixelDecoder = try reader.pixelDecoder(among: Self.pixelDecoders)
        let test = "MODEL.MASK_FORMER.TEST."
        if try reader.boolean(test + "INSTANCE_ON") {
            throw reader.invalid(test + "INSTANCE_ON", "MaskFormer makes no instances", hint: "Mask2Former does")
        }
        guard criterionConfiguration.matching == .fixed else { return }
        let key = "MODEL.MASK_FORMER.MATCHER"
        guard decoder.queryCount == decoder.classCount else {
            throw reader.invalid(
                key,
                "fixed matching needs as many queries as classes; NUM_OBJECT_QUERIES is \(decoder.queryCount), "
                    + "MODEL.SEM_SEG_HEAD.NUM_CLASSES \(decoder.classCount)")
        }
        guard try reader.text("INPUT.DATASET_MAPPER_NAME") == "mask_former_semantic" else {
            throw reader.invalid(
                key,
                "fixed matching is of one segment for each class, which INPUT.DATASET_MAPPER_NAME "
                    + "mask_former_semantic alone makes")
        }
    }

    package func network(seed: UInt64) -> any Network {
        MaskClassifier(
            .init(
                backbone: backbone, pixelDecoder: pixelDecoder, queryDecoder: decoder, input: input,
                segmentExtent: .argMax), seed: seed)
    }

    package func criterion() -> any Criterion { FullMaskCriterion(criterionConfiguration) }

    package var queryCount: Int? { decoder.queryCount }

    package var summary: String {
        "MaskFormer, \(backbone.title), \(pixelDecoder.title), \(decoder.queryCount) queries, "
            + "\(decoder.layerCount) decoder layers, \(decoder.classCount) classes"
    }
}
