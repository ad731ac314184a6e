import Backbones
import Checkpoints
import ConfigFiles

extension SwinTransformer.Configuration: NamedBackbone {
    package static let name = "D2SwinTransformer"
    package static let nameMaps: [NameMap] = [.swin, .timmSwin, .timmEarlySwin, .huggingFaceSwin]

    package var title: String {
        switch (embeddingChannels, depths) {
        case (96, [2, 2, 6, 2]): "Swin-T"
        case (96, [2, 2, 18, 2]): "Swin-S"
        case (128, [2, 2, 18, 2]): "Swin-B"
        case (192, [2, 2, 18, 2]): "Swin-L"
        default: "Swin \(embeddingChannels), \(depths)"
        }
    }

    package static var sections: [SettingSection<SwinTransformer.Configuration>] {
        [
            SettingSection(
                "MODEL.BACKBONE",
                [
                    // PARITY: D2SwinTransformer freezes nothing, whatever is asked for.
                    .custom("FREEZE_AT", 2, freezeAtMeaning) { reader, key, _ in
                        if try reader.integer(key) > 0 { reader.ignore(key) }
                    }
                ]), SettingSection("MODEL.SWIN", sizeSettings + trainingSettings),
        ]
    }

    private static var sizeSettings: [Setting<SwinTransformer.Configuration>] {
        [
            .declared("PRETRAIN_IMG_SIZE", 224, "Side of the images that absolute positions were trained at."),
            .only(4, of: "PATCH_SIZE", default: 4, else: "Swin with other patches", "Pixels of a patch, on a side."),
            .integer("EMBED_DIM", 96, \.embeddingChannels, in: 1...4096, "Channels of the first stage."),
            .integers("DEPTHS", [2, 2, 6, 2], \.depths, count: 4...4, in: 1...1000, "Blocks of the four stages."),
            .integers(
                "NUM_HEADS", [3, 6, 12, 24], \.headCounts, count: 4...4, in: 1...4096,
                "Attention heads of the four stages."),
            .integer("WINDOW_SIZE", 7, \.windowSize, in: 1...64, "Patches of an attention window, on a side."),
            .real(
                "MLP_RATIO", 4.0, \.hiddenRatio, in: 0.01...100,
                "Hidden channels of a feed-forward layer over its input channels."),
            .boolean("QKV_BIAS", true, \.hasQKVBias, "Whether queries, keys and values have biases."),
            .custom("QK_SCALE", .null, "The scale of queries; null: 1 / √(channels of a head).") {
                reader, key, swin in
                if try reader.value(key) == .null { return }
                swin.queryScale = Float(try reader.real(key, in: -1e6...1e6))
            },
            .custom("APE", false, "Whether positions are embedded absolutely too.") { reader, key, swin in
                guard try reader.boolean(key) else { return }
                swin.positionImageSize = try reader.integer("MODEL.SWIN.PRETRAIN_IMG_SIZE", in: 4...65_536)
            },
            .boolean("PATCH_NORM", true, \.normalizesPatches, "Whether patches are normalised."),
            .allFeatures("OUT_FEATURES", default: ["res2", "res3", "res4", "res5"]),
        ]
    }

    private static var trainingSettings: [Setting<SwinTransformer.Configuration>] {
        [
            .only(0.0, 0, of: "DROP_RATE", default: 0.0, else: "dropout in Swin", "Dropout."),
            .only(
                0.0, 0, of: "ATTN_DROP_RATE", default: 0.0, else: "dropout of Swin's attention",
                "Dropout of attention weights."),
            .real("DROP_PATH_RATE", 0.3, \.dropPathRate, in: 0...0.999, "Stochastic depth of the last block."),
            .boolean(
                "USE_CHECKPOINT", false, \.recomputesBlocks,
                "Whether blocks are computed again in the backward pass."),
            .boolean(
                "RESIZE_POSITION_TABLES", false, \.resizesPositionTables,
                "Whether tables of positions for another window are resized, bicubically; else they are refused."
            ),
        ]
    }

    package func finish(_ reader: ConfigReader) throws {
        for (stage, heads) in headCounts.enumerated() where (embeddingChannels << stage) % heads != 0 {
            throw reader.invalid(
                "MODEL.SWIN.NUM_HEADS",
                "expected divisors of \((0..<4).map { embeddingChannels << $0 }), the channels of the stages, got "
                    + "\(headCounts)")
        }
    }
}
