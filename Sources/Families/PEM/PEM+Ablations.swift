import ConfigFiles
import Layers
import MaskClassifiers

// The ablations of the paper (arXiv 2402.19422, Tables 3 and 4), by keys that the official code does not have. What
// took the place of the selection there is not known: both that suggest themselves can be had.

extension PEM {
    /// What queries read of the keys.
    enum Prototypes: Sendable {
        /// PEM: the most similar key of each head.
        case selected
        /// The mean of the keys in the mask.
        case mean
        /// What PEM's layer replaces: Mask2Former's masked attention.
        case maskedAttention

        /// The cross-attention of a layer.
        var crossAttention: @Sendable (ParameterScope, MultiScaleQueryDecoder.Configuration) -> any QueryCrossAttention
        {
            switch self {
            case .selected: { PrototypeCrossAttention($0, channels: $1.channels, heads: $1.headCount) }
            case .mean:
                { PrototypeCrossAttention($0, channels: $1.channels, heads: $1.headCount, prototypes: .mean) }
            case .maskedAttention:
                { MaskedCrossAttention($0, $1) }
            }
        }
    }

    /// MODEL.PEM.
    static var ablations: SettingSection<PEM> {
        SettingSection(
            "MODEL.PEM",
            [
                .boolean(
                    "MASK", true, \.decoder.isMasked,
                    "Whether queries read a map only within the masks that they predicted before; else all of it."),
                .choice(
                    "PROTOTYPES", "selected", \.prototypes,
                    ["selected": .selected, "mean": .mean, "masked_attention": .maskedAttention],
                    "What queries read: selected, the most similar key of each head; mean, the keys' mean in the mask; "
                        + "masked_attention, Mask2Former's attention in place of PEM's."),
                .boolean(
                    "CSM", true, \.pixelDecoder.isModulated,
                    "Whether context-based self-modulation comes before each sum of the pixel decoder."),
                .boolean(
                    "DEFORMABLE", true, \.pixelDecoder.isDeformable,
                    "Whether the pixel decoder's 3×3 convolutions are deformable; else plain."),
            ])
    }

    /// What is other than in PEM, for a person.
    var changes: [String] {
        let prototypeChange: String? =
            switch prototypes {
            case .selected: nil
            case .mean: "mean prototypes"
            case .maskedAttention: "masked attention"
            }
        return [
            decoder.isMasked ? nil : "no mask", prototypeChange, pixelDecoder.isModulated ? nil : "no CSM",
            pixelDecoder.isDeformable ? nil : "no deformable convolution",
        ].compactMap { $0 }
    }
}
