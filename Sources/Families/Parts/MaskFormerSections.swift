import ConfigFiles
import Configurations
import Criteria
import MaskClassifiers
import Networks

// MODEL.MASK_FORMER, which all mask classifiers share, by what reads it. TEST below it is `TestConfiguration`'s.

/// The sizes of a query decoder that keys give.
package protocol QueryDecoderSizes: QueryDecoderConfiguration {
    /// Classes, without "no object".
    var classCount: Int { get set }
    /// Channels of a query.
    var channels: Int { get set }
    /// Queries of an image.
    var queryCount: Int { get set }
    /// Attention heads.
    var headCount: Int { get set }
    /// Hidden channels of a feed-forward layer.
    var feedForwardChannels: Int { get set }
    /// Number of layers.
    var layerCount: Int { get set }
    /// Whether layers normalise before their work, not after it.
    var normalizesFirst: Bool { get set }
    /// Whether maps are projected even where the channels fit.
    var enforcesInputProjection: Bool { get set }
}

extension MultiScaleQueryDecoder.Configuration: QueryDecoderSizes {}
extension StandardTransformerDecoder.Configuration: QueryDecoderSizes {}

/// The keys of a query decoder.
///
/// - Parameter layersBeforeFirst: what DEC_LAYERS counts beside the layers: 1 where the loss on the learnable queries
///   counts as one (PEM, Mask2Former), else 0.
func queryDecoderSection<Decoder: QueryDecoderSizes>(layersBeforeFirst: Int) -> SettingSection<Decoder> {
    SettingSection(
        "MODEL.MASK_FORMER",
        [
            .declared("TRANSFORMER_DECODER_NAME", "MultiScaleMaskedTransformerDecoder", "The query decoder."),
            .read("TRANSFORMER_IN_FEATURE", "res5", "What the query decoder reads."),
            .integer("HIDDEN_DIM", 256, \.channels, in: 4...65_536, "Channels of a query."),
            .integer("NUM_OBJECT_QUERIES", 100, \.queryCount, in: 1...100_000, "Queries of an image."),
            .integer("NHEADS", 8, \.headCount, in: 1...1024, "Attention heads."),
            .integer(
                "DIM_FEEDFORWARD", 2048, \.feedForwardChannels, in: 1...1_000_000,
                "Hidden channels of a feed-forward layer."),
            .read("ENC_LAYERS", 0, "Encoder layers before MaskFormer's decoder."),
            .integer(
                "DEC_LAYERS", 6, \.layerCount, in: 1...1000, adding: -layersBeforeFirst,
                "Decoder layers; PEM and Mask2Former count the loss on the learnable queries as one."),
            .boolean(
                "PRE_NORM", false, \.normalizesFirst, "Whether layers normalise before their work, not after it."),
            .boolean(
                "ENFORCE_INPUT_PROJ", false, \.enforcesInputProjection,
                "Whether maps are projected even where the channels fit."),
            // PARITY: PEM and Mask2Former build their decoder layers with dropout 0, whatever DROPOUT says.
            .read("DROPOUT", 0.1, "Dropout of MaskFormer's decoder and of encoders in training."),
        ])
}

/// The keys of MaskFormer's decoder.
var standardDecoderSection: SettingSection<StandardTransformerDecoder.Configuration> {
    queryDecoderSection(layersBeforeFirst: 0)
}

extension ConfigReader {
    /// The input, padded as MODEL.MASK_FORMER.SIZE_DIVISIBILITY says, or as the backbone asks. Throws `ConfigError`.
    func paddedInput(for backbone: any NamedBackbone) throws -> ImageNormalization {
        var input = try ModelConfiguration(self).input
        try paddingSection.decode(self, into: &input)
        let asksBackbone = try integer("MODEL.MASK_FORMER.SIZE_DIVISIBILITY") < 0
        if asksBackbone { input.divisibility = backbone.sizeDivisibility }
        return input
    }
}

/// MODEL.MASK_FORMER.SIZE_DIVISIBILITY.
var paddingSection: SettingSection<ImageNormalization> {
    SettingSection(
        "MODEL.MASK_FORMER",
        [
            .custom(
                "SIZE_DIVISIBILITY", 32,
                "Images are padded to multiples of it; 0: not at all; −1: as the backbone asks (not in PEM)."
            ) { reader, key, input in
                input.divisibility = max(1, try reader.integer(key, in: -1...4096))
            }
        ])
}

// Keys of losses that several families have.
extension Setting {
    static func deepSupervision(_ path: WritableKeyPath<Root, Bool>) -> Setting {
        .boolean("DEEP_SUPERVISION", true, path, "Whether every decoder layer has losses, not only the last.")
    }
    static func noObjectWeight(_ path: WritableKeyPath<Root, Float>) -> Setting {
        .real(
            "NO_OBJECT_WEIGHT", 0.1, path, in: 0...1e6, "Weight of the class \"no object\" in the class loss.")
    }
    static func diceWeight(_ path: WritableKeyPath<Root, Float>) -> Setting {
        .real("DICE_WEIGHT", 1.0, path, in: 0...1e6, "Weight of dice cost and dice loss.")
    }
    static func maskWeight(_ path: WritableKeyPath<Root, Float>) -> Setting {
        .real(
            "MASK_WEIGHT", 20.0, path, in: 0...1e6,
            "Weight of the masks' cross-entropy, focal in MaskFormer, as cost and as loss.")
    }
}

/// The keys of the losses of masks and classes at points.
var setCriterionSection: SettingSection<SetCriterion.Configuration> {
    SettingSection(
        "MODEL.MASK_FORMER",
        [
            .deepSupervision(\.supervisesAuxiliaryOutputs), .noObjectWeight(\.noObjectWeight),
            .real("CLASS_WEIGHT", 1.0, \.weights.classification, in: 0...1e6, "Weight of class cost and class loss."),
            .diceWeight(\.weights.dice), .maskWeight(\.weights.mask),
            .integer(
                "TRAIN_NUM_POINTS", 12544, \.sampling.pointCount, in: 1...10_000_000,
                "Points at which a mask is compared in training."),
            .real("OVERSAMPLE_RATIO", 3.0, \.sampling.oversampling, in: 1...100, "Candidates for each point."),
            .real(
                "IMPORTANCE_SAMPLE_RATIO", 0.75, \.sampling.importance, in: 0...1,
                "Share of the points that are the most uncertain candidates."),
        ])
}

/// Throws `ConfigError` where the channels of the queries fit neither the heads nor the position encoding, which gives
/// half of them to each axis, in pairs of sine and cosine.
func checkQueryChannels(_ decoder: any QueryDecoderSizes, _ reader: ConfigReader) throws {
    guard decoder.channels % 4 == 0, decoder.channels % decoder.headCount == 0 else {
        throw reader.invalid(
            "MODEL.MASK_FORMER.HIDDEN_DIM",
            "expected a multiple of 4 and of NHEADS (\(decoder.headCount)), got \(decoder.channels)")
    }
}
