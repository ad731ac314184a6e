import Backbones
import Checkpoints
import ConfigFiles

extension STDC.Configuration: NamedBackbone {
    package static let name = "D2STDCnet"
    package static let nameMaps: [NameMap] = [.stdc]

    /// STDC1.
    package init() { self.init(layers: [2, 2, 2]) }

    package var title: String {
        switch layers {
        case [2, 2, 2]: "STDC1"
        case [4, 5, 3]: "STDC2"
        default: "STDC \(layers)"
        }
    }

    package static var sections: [SettingSection<STDC.Configuration>] {
        [
            SettingSection(
                "MODEL.BACKBONE",
                [
                    // PARITY: the official STDC freezes nothing, whatever is asked for.
                    .custom("FREEZE_AT", 2, freezeAtMeaning) { reader, key, _ in
                        if try reader.integer(key) > 0 { reader.ignore(key) }
                    }
                ]),
            SettingSection(
                "MODEL.STDC",
                [
                    .integers(
                        "LAYERS", [2, 2, 2], \.layers, count: 3...3, in: 1...64,
                        "Blocks of the three stages: [2, 2, 2] is STDC1, [4, 5, 3] STDC2."),
                    .only(
                        4, of: "BLOCK_NUM", default: 4, else: "STDC with other than 4 convolutions a block",
                        "Convolutions of a block."),
                    .only(
                        "cat", of: "BLOCK_TIPE", default: "cat", else: "STDC blocks that add",
                        "What a block does with its convolutions' outputs: cat or add."),
                    .only(
                        false, of: "USE_CONV_LAST", default: false, else: "STDC's last convolution",
                        "Whether a 1×1 convolution ends the backbone."),
                    .declared("NORM", "SyncBN", "Without effect: STDC has BN, as in the official code."),
                    .allFeatures("OUT_FEATURES", default: ["res2", "res3", "res4", "res5"]),
                ]),
        ]
    }
}
