import Checkpoints
import ConfigFiles

/// Keys of official configurations whose networks are not built yet; files may hold them beside those that are.
var unbuiltSections: [SettingSection<Void>] {
    [
        SettingSection(
            "MODEL.SWIN",
            [
                .declared("PRETRAIN_IMG_SIZE", 224, "Side of the images that absolute positions were trained at."),
                .declared("PATCH_SIZE", 4, "Pixels of a patch, on a side."),
                .declared("EMBED_DIM", 96, "Channels of the first stage."),
                .declared("DEPTHS", [2, 2, 6, 2], "Blocks of the four stages."),
                .declared("NUM_HEADS", [3, 6, 12, 24], "Attention heads of the four stages."),
                .declared("WINDOW_SIZE", 7, "Patches of an attention window, on a side."),
                .declared("MLP_RATIO", 4.0, "Hidden channels of a feed-forward layer over its input channels."),
                .declared("QKV_BIAS", true, "Whether queries, keys and values have biases."),
                .declared("QK_SCALE", .null, "The scale of queries; null: 1 / √(channels of a head)."),
                .declared("DROP_RATE", 0.0, "Dropout."),
                .declared("ATTN_DROP_RATE", 0.0, "Dropout of attention weights."),
                .declared("DROP_PATH_RATE", 0.3, "Stochastic depth of the last block."),
                .declared("APE", false, "Whether positions are embedded absolutely too."),
                .declared("PATCH_NORM", true, "Whether patches are normalised."),
                .declared("OUT_FEATURES", ["res2", "res3", "res4", "res5"], "The feature maps."),
                .declared("USE_CHECKPOINT", false, "Whether blocks are computed again in the backward pass."),
            ])
    ]
}

/// The names of checkpoints of backbones that are not built yet.
let unbuiltNameMaps: [NameMap] = [.swin, .timmSwin, .timmEarlySwin, .huggingFaceSwin]
