import Backbones
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import Networks
import PixelClassifiers

/// Per-pixel networks of mmsegmentation: any backbone with a decode head.
package struct EncoderDecoderFamily: NetworkFamily {
    package static let name = "EncoderDecoder"
    package static let counting = WorkCounting.products
    package static let torchLayout = TorchLayout.mmsegmentation
    package static let signs: KeyValuePairs = ["MODEL.META_ARCHITECTURE": ["EncoderDecoder"]]

    /// How pixels become the input.
    package private(set) var input: ImageNormalization
    /// The backbone.
    package private(set) var backbone: any NamedBackbone
    /// The head.
    package let head: any NamedDecodeHead
    /// The loss.
    package let criterionConfiguration: PixelCriterion.Configuration

    private static var backboneSection: SettingSection<Self> { .backbone(\.backbone) }

    package static var declarations: [KeyDeclaration] {
        backboneSection.declarations + backboneDeclarations + ModelConfiguration.headSection.declarations
            + namedDecodeHeads.flatMap { $0.declarations }
            + SettingSection<Self>("MODEL.SEM_SEG_HEAD", [.pixelLossWeight]).declarations
    }
    package static var nameMaps: [NameMap] {
        namedBackbones.flatMap { $0.nameMaps } + namedDecodeHeads.flatMap { $0.nameMaps }
    }

    package init(_ reader: ConfigReader) throws {
        try reader.requireLabelMapsAlone()
        let model = try ModelConfiguration(reader)
        var (head, criterion) = (try reader.decodeHead(), PixelCriterion.Configuration())
        head.classCount = model.classCount
        criterion.weight = try reader.pixelLossWeight()
        criterion.ignoreLabel = model.ignoreLabel
        (criterion.lossName, criterion.divisor) = ("decode.loss_seg", .all)
        (self.head, criterionConfiguration, input) = (head, criterion, model.input)
        backbone = ResNet.Configuration()
        try Self.backboneSection.decode(reader, into: &self)
        (input.divisibility, input.minimumSide) = (backbone.sizeDivisibility, backbone.minimumSide)
    }

    package func network(seed: UInt64) -> any Network {
        EncoderDecoder(.init(backbone: backbone, head: head, input: input), seed: seed)
    }

    package func criterion() -> any Criterion { PixelCriterion(criterionConfiguration) }

    package var summary: String { "\(head.title(backbone: backbone.title)), \(head.classCount) classes" }
}
