import Backbones
import Checkpoints
import ConfigFiles

extension ResNet.Configuration: NamedBackbone {
    package static let name = "build_resnet_backbone"
    package static let nameMaps: [NameMap] = [.torchvision, .caffe2, .timmResNet, .huggingFaceResNet]

    package var title: String { "ResNet-\(depth), \(norm == .frozen ? "FrozenBN" : "BN"), FREEZE_AT \(freezeAt)" }

    package static var sections: [SettingSection<ResNet.Configuration>] {
        [
            SettingSection("MODEL.BACKBONE", [.integer("FREEZE_AT", 2, \.freezeAt, in: 0...5, freezeAtMeaning)]),
            SettingSection(
                "MODEL.RESNETS",
                [
                    .custom("DEPTH", 50, "50, 101 or 152.") { reader, key, resNet in
                        resNet.depth = try reader.integer(key)
                        guard [18, 34, 50, 101, 152].contains(resNet.depth) else {
                            throw reader.invalid(key, "expected 50, 101 or 152, got \(resNet.depth)")
                        }
                        if resNet.depth < 50 { reader.refuse(key, "ResNet-\(resNet.depth) (basic blocks)") }
                    },
                    .allFeatures("OUT_FEATURES", default: ["res4"]),
                    .only(1, of: "NUM_GROUPS", default: 1, else: "ResNeXt", "Groups of a 3×3 convolution."),
                    .norm(
                        "FrozenBN", \.norm,
                        ["BN": .batch, "SyncBN": .batch, "FrozenBN": .frozen, "GN": nil, "": nil],
                        else: "ResNet without batch norm", "The norm of stages that are not frozen."),
                    .only(64, of: "WIDTH_PER_GROUP", default: 64, else: "ResNeXt", "Channels of a group."),
                    .boolean(
                        "STRIDE_IN_1X1", true, \.stridesIn1x1,
                        "Whether the stride of a block lies in its first 1×1 convolution, not in the 3×3."),
                    .declared("RES4_DILATION", 1, "Of DeepLab's ResNet alone."),
                    .only(
                        1, of: "RES5_DILATION", default: 1, else: "a dilated res5 (its stride would be 16)",
                        "The dilation of res5."),
                    .declared(
                        "RES5_MULTI_GRID", [1, 2, 4],
                        "Dilations of the 3×3 convolutions in the blocks of res5, of DeepLab's ResNet alone."),
                    .integer(
                        "RES2_OUT_CHANNELS", 256, \.res2Channels, in: 1...4096,
                        "Channels of res2; later stages double them."),
                    .declared("STEM_TYPE", "deeplab", "basic or deeplab, of DeepLab's ResNet alone."),
                    .integer("STEM_OUT_CHANNELS", 64, \.stemChannels, in: 1...4096, "Channels of the stem."),
                    .custom(
                        "DEFORM_ON_PER_STAGE", [false, false, false, false], "Deformable convolutions, by stage."
                    ) { reader, key, _ in
                        if try reader.booleans(key).contains(true) {
                            reader.refuse(key, "deformable convolutions in the backbone")
                        }
                    },
                    .declared("DEFORM_MODULATED", false, "Of deformable convolutions in the backbone."),
                    .declared("DEFORM_NUM_GROUPS", 1, "Of deformable convolutions in the backbone."),
                ]),
        ]
    }
}
