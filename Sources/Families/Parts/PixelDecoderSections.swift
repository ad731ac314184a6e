import ConfigFiles
import Layers
import MaskClassifiers

/// MODEL.SEM_SEG_HEAD of networks with a pixel decoder, and where its sizes go.
func pixelDecoderSection<Decoder>(
    channels: WritableKeyPath<Decoder, Int>, maskDimension: WritableKeyPath<Decoder, Int>, norm: Setting<Decoder>
) -> SettingSection<Decoder> {
    SettingSection(
        "MODEL.SEM_SEG_HEAD",
        [
            .declared("PIXEL_DECODER_NAME", "BasePixelDecoder", "The pixel decoder."),
            .allFeatures("IN_FEATURES", default: ["p2", "p3", "p4", "p5"]),
            .integer("CONVS_DIM", 128, channels, in: 1...65_536, "Channels of the pixel decoder's maps."),
            .integer(
                "MASK_DIM", 256, maskDimension, in: 1...65_536, "Channels of mask features and mask embeddings."),
            norm,
            .custom("COMMON_STRIDE", 4, "The stride of the mask features.") { reader, key, _ in
                _ = try reader.integer(key, in: 4...4)
            },
            .pixelLossWeight,
            .read("TRANSFORMER_ENC_LAYERS", 0, "Layers of the pixel decoder's transformer encoder."),
        ])
}

/// MODEL.SEM_SEG_HEAD of pixel decoders with multi-scale deformable attention.
var deformableEncoderSection: SettingSection<MSDeformAttnPixelDecoder.Configuration> {
    // PARITY: msdeformattn.py takes the heads from MASK_FORMER.NHEADS, and 4 points.
    let dead = "Of Mask2Former's deformable attention; without effect, as in the official code."
    return SettingSection(
        "MODEL.SEM_SEG_HEAD",
        [
            .custom(
                "DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES", ["res3", "res4", "res5"],
                "The maps that Mask2Former's encoder reads."
            ) { reader, key, decoder in
                let (all, names) = (["res2", "res3", "res4", "res5"], try reader.texts(key))
                guard !names.isEmpty, names == all.suffix(names.count) else {
                    throw reader.invalid(key, "expected the last of \(all), one or more, got \(names)")
                }
                decoder.transformerFeatures = names
            },
            .declared("DEFORMABLE_TRANSFORMER_ENCODER_N_POINTS", 4, dead),
            .declared("DEFORMABLE_TRANSFORMER_ENCODER_N_HEADS", 8, dead),
        ])
}

/// Keys of MODEL.SEM_SEG_HEAD that the networks which are built do not read.
var otherHeadSection: SettingSection<Void> {
    let deepLab = "Of DeepLab's head; without effect."
    return SettingSection(
        "MODEL.SEM_SEG_HEAD",
        [
            .declared("LOSS_TYPE", "hard_pixel_mining", deepLab), .declared("PROJECT_FEATURES", ["res2"], deepLab),
            .declared("PROJECT_CHANNELS", [48], deepLab), .declared("ASPP_CHANNELS", 256, deepLab),
            .declared("ASPP_DILATIONS", [6, 12, 18], deepLab), .declared("ASPP_DROPOUT", 0.1, deepLab),
            .declared("USE_DEPTHWISE_SEPARABLE_CONV", false, deepLab),
        ])
}

extension Setting {
    /// The norm of a pixel decoder that can have any.
    static func anyNorm(_ path: WritableKeyPath<Root, NormKind>) -> Setting {
        .norm(
            "GN", path, ["GN": .group, "BN": .batch, "SyncBN": .batch, "FrozenBN": .frozen, "": NormKind.none],
            else: "this norm", "The norm of the pixel decoder.")
    }
}
