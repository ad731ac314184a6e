import ConfigFiles

extension RunConfiguration {
    /// The pixel decoder (MODEL.SEM_SEG_HEAD).
    package struct PixelDecoder: Sendable, Equatable {
        /// The kinds there are.
        package enum Kind: Sendable, Equatable {
            case pem
            /// Mask2Former's multi-scale deformable attention.
            case multiScaleDeformable
            /// MaskFormer's, without and with a transformer encoder.
            case featurePyramid, transformerFeaturePyramid

            static let names: KeyValuePairs<String, Kind> = [
                "PEM_Pixel_Decoder": .pem, "MSDeformAttnPixelDecoder": .multiScaleDeformable,
                "BasePixelDecoder": .featurePyramid,
                "TransformerEncoderPixelDecoder": .transformerFeaturePyramid,
            ]
        }

        /// Which kind.
        package let kind: Kind
        /// Channels of the multi-scale outputs.
        package let convolutionChannels: Int
        /// Channels of the mask features and of the mask embeddings.
        package let maskDimension: Int
        /// The norm of all its convolutions.
        package let norm: Norm
        /// Layers of the transformer encoder, where the kind has one.
        package let encoderLayerCount: Int

        init(_ reader: ConfigReader, unavailable: inout [ConfigError]) throws {
            let section = "MODEL.SEM_SEG_HEAD."
            kind = try reader.choice(section + "PIXEL_DECODER_NAME", Kind.names)
            convolutionChannels = try reader.integer(section + "CONVS_DIM", in: 1...65_536)
            maskDimension = try reader.integer(section + "MASK_DIM", in: 1...65_536)
            norm = try reader.choice(section + "NORM", Norm.names)
            encoderLayerCount = try reader.integer(section + "TRANSFORMER_ENC_LAYERS", in: 0...1000)
            try requireAllFeatures(section + "IN_FEATURES", reader)
            _ = try reader.integer(section + "COMMON_STRIDE", in: 4...4)
            if kind != .pem {
                let name = try reader.text(section + "PIXEL_DECODER_NAME")
                unavailable.append(reader.unavailable(section + "PIXEL_DECODER_NAME", name))
            } else if norm != .batch && norm != .synchronizedBatch {
                unavailable.append(
                    reader.unavailable(section + "NORM", "PEM's pixel decoder without batch norm"))
            }
        }
    }

    /// The transformer decoder (MODEL.MASK_FORMER).
    package struct TransformerDecoder: Sendable, Equatable {
        /// The kinds there are.
        package enum Kind: Sendable, Equatable {
            /// Prototype-based cross-attention.
            case pem
            /// Masked attention.
            case mask2Former
            /// DETR's decoder on one scale.
            case maskFormer
        }

        /// Which kind.
        package let kind: Kind
        /// Channels of a query.
        package let hiddenDimension: Int
        /// Queries of an image.
        package let queryCount: Int
        /// Attention heads.
        package let headCount: Int
        /// Hidden channels of a feed-forward layer.
        package let feedforwardDimension: Int
        /// Decoder layers (for PEM and Mask2Former DEC_LAYERS counts the learnable queries' loss as one;
        /// here it isn't).
        package let layerCount: Int
        /// Encoder layers before a `maskFormer` decoder.
        package let encoderLayerCount: Int
        /// Whether layers normalise before, not after, their work.
        package let hasPreNorm: Bool
        /// A 1×1 projection of each scale even where the channels already fit.
        package let enforcesInputProjection: Bool
        /// The dropout of training.
        package let dropout: Double

        init(
            _ reader: ConfigReader, pixelDecoder: PixelDecoder.Kind, unavailable: inout [ConfigError]
        ) throws {
            let section = "MODEL.MASK_FORMER."
            kind = try Self.kind(reader, pixelDecoder)
            hiddenDimension = try reader.integer(section + "HIDDEN_DIM", in: 4...65_536)
            queryCount = try reader.integer(section + "NUM_OBJECT_QUERIES", in: 1...100_000)
            headCount = try reader.integer(section + "NHEADS", in: 1...1024)
            feedforwardDimension = try reader.integer(section + "DIM_FEEDFORWARD", in: 1...1_000_000)
            let layers = try reader.integer(section + "DEC_LAYERS", in: 1...1000)
            layerCount = kind == .maskFormer ? layers : layers - 1
            encoderLayerCount = try reader.integer(section + "ENC_LAYERS", in: 0...1000)
            hasPreNorm = try reader.boolean(section + "PRE_NORM")
            enforcesInputProjection = try reader.boolean(section + "ENFORCE_INPUT_PROJ")
            // PARITY: PEM and Mask2Former build their layers with dropout 0, whatever DROPOUT says.
            let dropout = try reader.real(section + "DROPOUT", in: 0...0.999)
            self.dropout = kind == .maskFormer ? dropout : 0
            // The sine position encoding gives half the channels to each axis, in sine and cosine pairs.
            guard hiddenDimension % 4 == 0, hiddenDimension % headCount == 0 else {
                throw reader.invalid(
                    section + "HIDDEN_DIM",
                    "expected a multiple of 4 and of NHEADS (\(headCount)), got \(hiddenDimension)")
            }
            if kind != .pem {
                let name = kind == .mask2Former ? "Mask2Former" : "MaskFormer"
                unavailable.append(
                    reader.unavailable(section + "TRANSFORMER_DECODER_NAME", "\(name)'s transformer decoder"))
            } else if pixelDecoder == .featurePyramid || pixelDecoder == .transformerFeaturePyramid {
                throw reader.invalid(
                    section + "TRANSFORMER_DECODER_NAME",
                    "PEM's decoder needs a pixel decoder with several scales")
            }
        }

        /// PARITY: the official PEM files say MultiScaleMaskedTransformerDecoder and mean PEM-CA, since
        /// their pixel decoder builder only ever makes PEM's; MaskFormer's files name no decoder and read
        /// one backbone feature.
        private static func kind(_ reader: ConfigReader, _ pixelDecoder: PixelDecoder.Kind) throws -> Kind {
            let multiScale =
                try reader.text("MODEL.MASK_FORMER.TRANSFORMER_IN_FEATURE") == "multi_scale_pixel_decoder"
            return try reader.choice(
                "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME",
                [
                    "PEMTransformerDecoder": .pem, "Mask2FormerTransformerDecoder": .mask2Former,
                    "MultiScaleMaskedTransformerDecoder":
                        pixelDecoder == .pem ? .pem : multiScale ? .mask2Former : .maskFormer,
                    "StandardTransformerDecoder": .maskFormer,
                ])
        }
    }
}
