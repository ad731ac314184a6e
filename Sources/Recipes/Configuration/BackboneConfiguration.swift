import ConfigFiles

extension RunConfiguration {
    /// The backbone, by kind.
    package enum Backbone: Sendable, Equatable {
        case stdc(STDC)
        case resNet(ResNet)
        case swin(Swin)

        /// MODEL.STDC: blocks in each of the three stages ([2, 2, 2] is STDC1, [4, 5, 3] STDC2).
        /// Its norm is plain BN, whatever the file says, as in the official code.
        package struct STDC: Sendable, Equatable {
            /// Blocks of the three stages.
            package let layers: [Int]

            /// The given sizes.
            package init(layers: [Int]) {
                self.layers = layers
            }
        }

        /// MODEL.RESNETS and MODEL.BACKBONE.FREEZE_AT.
        package struct ResNet: Sendable, Equatable {
            /// 50, 101 or 152.
            package let depth: Int
            /// The norm of stages that are not frozen.
            package let norm: Norm
            /// Stages whose parameters stay fixed: 1 is the stem, 2 adds res2, …; 0 none.
            package let freezeAt: Int
            /// Channels of the stem.
            package let stemOutputChannels: Int
            /// Channels of res2; later stages double them.
            package let res2OutputChannels: Int
            /// Stride in the 1×1 rather than the 3×3 convolution of a bottleneck.
            package let strideIn1x1: Bool
            /// 1 or 2; with 2 the last stage has stride 1.
            package let res5Dilation: Int

            /// The given sizes.
            package init(
                depth: Int, norm: Norm, freezeAt: Int, stemOutputChannels: Int,
                res2OutputChannels: Int, strideIn1x1: Bool, res5Dilation: Int
            ) {
                self.depth = depth
                self.norm = norm
                self.freezeAt = freezeAt
                self.stemOutputChannels = stemOutputChannels
                self.res2OutputChannels = res2OutputChannels
                self.strideIn1x1 = strideIn1x1
                self.res5Dilation = res5Dilation
            }
        }

        /// MODEL.SWIN.
        package struct Swin: Sendable, Equatable {
            /// Height and width in pixels that the position embedding was trained at.
            package let pretrainedImageSize: Int
            /// Pixels of a patch, on a side.
            package let patchSize: Int
            /// Channels of the first stage.
            package let embeddingDimension: Int
            /// Blocks of the four stages.
            package let depths: [Int]
            /// Attention heads of the four stages.
            package let headCounts: [Int]
            /// Patches of an attention window, on a side.
            package let windowSize: Int
            /// Hidden channels of a feed-forward layer over its input channels.
            package let feedforwardRatio: Double
            /// Whether queries, keys and values have biases.
            package let hasQKVBias: Bool
            /// Stochastic depth of the last block.
            package let dropPathRate: Double
            /// Whether positions are embedded absolutely too.
            package let hasAbsolutePosition: Bool
            /// Whether patches are normalised.
            package let hasPatchNorm: Bool
            /// Stages that stay fixed; −1 and 0: none.
            package let freezeAt: Int
        }

        private enum Name { case stdc, resNet, deepLabResNet, swin }

        init(_ reader: ConfigReader, unavailable: inout [ConfigError]) throws {
            let key = "MODEL.BACKBONE.NAME"
            let names: KeyValuePairs<String, Name> = [
                "D2STDCnet": .stdc, "build_resnet_backbone": .resNet,
                "build_resnet_deeplab_backbone": .deepLabResNet, "D2SwinTransformer": .swin,
            ]
            let name = try reader.choice(key, names)
            switch name {
            case .stdc:
                self = .stdc(try Self.stdc(reader, &unavailable))
            case .resNet, .deepLabResNet:
                if name == .deepLabResNet {
                    unavailable.append(reader.unavailable(key, "ResNet with DeepLab's stem"))
                }
                self = .resNet(try Self.resNet(reader, &unavailable))
            case .swin:
                unavailable.append(reader.unavailable(key, "Swin backbone"))
                self = .swin(try Self.swin(reader))
            }
        }

        private static func stdc(_ reader: ConfigReader, _ unavailable: inout [ConfigError]) throws -> STDC {
            let section = "MODEL.STDC."
            _ = try reader.integer("MODEL.BACKBONE.FREEZE_AT")
            if try reader.integer(section + "BLOCK_NUM", in: 1...8) != 4 {
                unavailable.append(
                    reader.unavailable(section + "BLOCK_NUM", "STDC with other than 4 convolutions a block"))
            }
            if try reader.choice(section + "BLOCK_TIPE", ["cat": false, "add": true]) {
                unavailable.append(reader.unavailable(section + "BLOCK_TIPE", "STDC blocks that add"))
            }
            if try reader.boolean(section + "USE_CONV_LAST") {
                unavailable.append(reader.unavailable(section + "USE_CONV_LAST", "STDC's last convolution"))
            }
            try requireAllFeatures(section + "OUT_FEATURES", reader)
            return STDC(layers: try reader.integers(section + "LAYERS", count: 3...3, in: 1...64))
        }

        private static func resNet(_ reader: ConfigReader, _ unavailable: inout [ConfigError]) throws
            -> ResNet
        {
            let section = "MODEL.RESNETS."
            let depth = try reader.integer(section + "DEPTH")
            guard [18, 34, 50, 101, 152].contains(depth) else {
                throw reader.invalid(section + "DEPTH", "expected 50, 101 or 152, got \(depth)")
            }
            if depth < 50 {
                unavailable.append(reader.unavailable(section + "DEPTH", "ResNet-\(depth) (basic blocks)"))
            }
            for (key, usual) in [("NUM_GROUPS", 1), ("WIDTH_PER_GROUP", 64)]
            where try reader.integer(section + key, in: 1...4096) != usual {
                unavailable.append(reader.unavailable(section + key, "ResNeXt"))
            }
            if try reader.booleans(section + "DEFORM_ON_PER_STAGE").contains(true) {
                unavailable.append(
                    reader.unavailable(
                        section + "DEFORM_ON_PER_STAGE", "deformable convolutions in the backbone"))
            }
            let norm = try reader.choice(section + "NORM", Norm.names)
            if norm == .group || norm == .none {
                unavailable.append(reader.unavailable(section + "NORM", "ResNet without batch norm"))
            }
            try requireAllFeatures(section + "OUT_FEATURES", reader)
            return ResNet(
                depth: depth, norm: norm,
                freezeAt: try reader.integer("MODEL.BACKBONE.FREEZE_AT", in: 0...5),
                stemOutputChannels: try reader.integer(section + "STEM_OUT_CHANNELS", in: 1...4096),
                res2OutputChannels: try reader.integer(section + "RES2_OUT_CHANNELS", in: 1...4096),
                strideIn1x1: try reader.boolean(section + "STRIDE_IN_1X1"),
                res5Dilation: try reader.integer(section + "RES5_DILATION", in: 1...2))
        }

        private static func swin(_ reader: ConfigReader) throws -> Swin {
            let section = "MODEL.SWIN."
            try requireAllFeatures(section + "OUT_FEATURES", reader)
            return Swin(
                pretrainedImageSize: try reader.integer(section + "PRETRAIN_IMG_SIZE", in: 1...4096),
                patchSize: try reader.integer(section + "PATCH_SIZE", in: 1...64),
                embeddingDimension: try reader.integer(section + "EMBED_DIM", in: 1...4096),
                depths: try reader.integers(section + "DEPTHS", count: 4...4, in: 1...256),
                headCounts: try reader.integers(section + "NUM_HEADS", count: 4...4, in: 1...256),
                windowSize: try reader.integer(section + "WINDOW_SIZE", in: 1...256),
                feedforwardRatio: try reader.real(section + "MLP_RATIO", in: 0.01...64),
                hasQKVBias: try reader.boolean(section + "QKV_BIAS"),
                dropPathRate: try reader.real(section + "DROP_PATH_RATE", in: 0...0.999),
                hasAbsolutePosition: try reader.boolean(section + "APE"),
                hasPatchNorm: try reader.boolean(section + "PATCH_NORM"),
                freezeAt: try reader.integer("MODEL.BACKBONE.FREEZE_AT", in: -1...5))
        }
    }
}
