import Backbones
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import MaskClassifiers
import Networks

/// MaskFormer's per-pixel baselines (Cheng et al., NeurIPS 2021, section 4.2): its pixel decoder and a linear
/// classifier, or its transformer decoder with a query for each class.
package struct PerPixel: NetworkFamily, Configurable {
    package static let name = "PerPixel"
    package static let counting = WorkCounting.inference
    package static let signs: KeyValuePairs = [
        "MODEL.META_ARCHITECTURE": ["SemanticSegmentor"],
        "MODEL.SEM_SEG_HEAD.NAME": ["PerPixelBaselineHead", "PerPixelBaselinePlusHead"],
    ]

    /// How pixels become the input.
    package private(set) var input = ImageNormalization()
    /// The backbone.
    package private(set) var backbone: any NamedBackbone = ResNet.Configuration()
    /// The pixel decoder.
    package private(set) var pixelDecoder: any NamedPixelDecoder = BasePixelDecoder.Configuration()
    /// The head.
    package private(set) var head: any PixelHeadConfiguration = PerPixelBaselineHead.Configuration()
    /// The loss.
    package private(set) var criterionConfiguration = PixelCriterion.Configuration()

    package init() {}

    package static var sections: [SettingSection<PerPixel>] {
        [
            SettingSection(
                "MODEL.MASK_FORMER", [.deepSupervision(\.criterionConfiguration.supervisesAuxiliaryOutputs)]),
            .backbone(\.backbone),
        ]
    }

    // In the order in which a resolved configuration lists them.
    package static var declarations: [KeyDeclaration] {
        standardDecoderSection.declarations + sections.flatMap(\.declarations) + backboneDeclarations
            + ModelConfiguration.headSection.declarations + namedPixelDecoders.flatMap { $0.declarations }
            + otherHeadSection.declarations
    }
    package static var nameMaps: [NameMap] { namedBackbones.flatMap { $0.nameMaps } + [.detectron2] }

    package mutating func finish(_ reader: ConfigReader) throws {
        let model = try ModelConfiguration(reader)
        input = model.input
        input.divisibility = backbone.sizeDivisibility
        pixelDecoder = try reader.pixelDecoder(among: namedPixelDecoders)
        criterionConfiguration.weight = try reader.pixelLossWeight()
        criterionConfiguration.ignoreLabel = model.ignoreLabel
        head = try head(reader, classes: model.classCount)
        try reader.requireLabelMapsAlone()
    }

    private func head(_ reader: ConfigReader, classes: Int) throws -> any PixelHeadConfiguration {
        if try reader.text("MODEL.SEM_SEG_HEAD.NAME") == "PerPixelBaselineHead" {
            var head = PerPixelBaselineHead.Configuration()
            head.classCount = classes
            return head
        }
        var head = PerPixelBaselinePlusHead.Configuration()
        head.decoder = try StandardTransformerDecoder.Configuration(reader)
        head.decoder.classifiesQueries = false
        guard head.classCount == classes else {
            throw reader.invalid(
                "MODEL.MASK_FORMER.NUM_OBJECT_QUERIES",
                "expected \(classes), a query for each of MODEL.SEM_SEG_HEAD.NUM_CLASSES, got \(head.classCount)")
        }
        return head
    }

    package func network(seed: UInt64) -> any Network {
        PixelClassifier(.init(backbone: backbone, pixelDecoder: pixelDecoder, head: head, input: input), seed: seed)
    }

    package func criterion() -> any Criterion { PixelCriterion(criterionConfiguration) }

    package var summary: String {
        let layers = (head as? PerPixelBaselinePlusHead.Configuration).map { "\($0.decoder.layerCount) decoder layers" }
        return "per-pixel baseline\(layers == nil ? "" : " plus"), \(backbone.title), \(pixelDecoder.title), "
            + (layers.map { $0 + ", " } ?? "") + "\(head.classCount) classes"
    }
}
