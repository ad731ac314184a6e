import Backbones
import Checkpoints
import ConfigFiles

extension MixTransformer.Configuration: NamedBackbone {
    package static let name = "MixTransformer"
    package static let nameMaps: [NameMap] = [.mixTransformer]

    /// From here on each stage's map is as large as its reduction.
    package var minimumSide: Int {
        reductions.enumerated().map { stage, side in (side - 1) * (4 << stage) + 1 }.max() ?? 1
    }

    package var title: String {
        let small = channels == [32, 64, 160, 256]
        guard small || channels == [64, 128, 320, 512] else { return "MiT \(channels), \(depths)" }
        switch (small, depths) {
        case (true, [2, 2, 2, 2]): return "MiT-B0"
        case (false, [2, 2, 2, 2]): return "MiT-B1"
        case (false, [3, 4, 6, 3]): return "MiT-B2"
        case (false, [3, 4, 18, 3]): return "MiT-B3"
        case (false, [3, 8, 27, 3]): return "MiT-B4"
        case (false, [3, 6, 40, 3]): return "MiT-B5"
        default: return "MiT \(channels), \(depths)"
        }
    }

    package static var sections: [SettingSection<MixTransformer.Configuration>] {
        [
            SettingSection(
                "MODEL.BACKBONE",
                [
                    .custom("FREEZE_AT", 2, freezeAtMeaning) { reader, key, _ in
                        if try reader.integer(key) > 0 { reader.ignore(key) }
                    }
                ]),
            SettingSection(
                "MODEL.MIT",
                [
                    .integers(
                        "EMBED_DIMS", [32, 64, 160, 256], \.channels, count: 4...4, in: 1...65_536,
                        "Channels of the four stages."),
                    .integers(
                        "DEPTHS", [2, 2, 2, 2], \.depths, count: 4...4, in: 1...1000, "Blocks of the four stages."),
                    .integers(
                        "NUM_HEADS", [1, 2, 5, 8], \.headCounts, count: 4...4, in: 1...4096,
                        "Attention heads of the four stages."),
                    .integers(
                        "SR_RATIOS", [8, 4, 2, 1], \.reductions, count: 4...4, in: 1...64,
                        "Pixels, on a side, that become one key of the attention."),
                    .integers(
                        "MLP_RATIOS", [4, 4, 4, 4], \.hiddenRatios, count: 4...4, in: 1...64,
                        "Hidden channels of a block's MLP over its channels."),
                    .real("DROP_PATH_RATE", 0.1, \.dropPathRate, in: 0...0.999, "Stochastic depth of the last block."),
                    .allFeatures("OUT_FEATURES", default: ["res2", "res3", "res4", "res5"]),
                ]),
        ]
    }

    package func finish(_ reader: ConfigReader) throws {
        for (channels, heads) in zip(channels, headCounts) where channels % heads != 0 {
            throw reader.invalid(
                "MODEL.MIT.NUM_HEADS",
                "expected divisors of MODEL.MIT.EMBED_DIMS, \(self.channels), got \(headCounts)")
        }
    }
}
