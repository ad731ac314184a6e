import ConfigFiles

extension RunConfiguration {
    /// The network (MODEL, without what only training or evaluation reads).
    package struct Model: Sendable, Equatable {
        /// The backbone.
        package let backbone: Backbone
        /// The pixel decoder.
        package let pixelDecoder: PixelDecoder
        /// The transformer decoder.
        package let transformerDecoder: TransformerDecoder
        /// Classes without the no-object class.
        package let classCount: Int
        /// The label of pixels that belong to no class.
        package let ignoreValue: Int
        /// Per channel, in the order of `input.format`, on the scale 0…255.
        package let pixelMean: [Double]
        /// Per channel, in the order of `input.format`, on the scale 0…255.
        package let pixelDeviation: [Double]
        /// Images are padded on the right and bottom to a multiple of this before the network.
        package let sizeDivisibility: Int
        /// The weights to start from, as written (a path or an address); nil where none are named.
        package let weights: String?

        init(_ reader: ConfigReader, unavailable: inout [ConfigError]) throws {
            for (key, names) in Self.architectures {
                if let other = try reader.choice(key, names) {
                    unavailable.append(reader.unavailable(key, other))
                }
            }
            backbone = try Backbone(reader, unavailable: &unavailable)
            pixelDecoder = try PixelDecoder(reader, unavailable: &unavailable)
            transformerDecoder = try TransformerDecoder(
                reader, pixelDecoder: pixelDecoder.kind, unavailable: &unavailable)
            classCount = try reader.integer("MODEL.SEM_SEG_HEAD.NUM_CLASSES", in: 1...65_535)
            ignoreValue = try reader.integer("MODEL.SEM_SEG_HEAD.IGNORE_VALUE", in: 0...65_535)
            pixelMean = try reader.reals("MODEL.PIXEL_MEAN", count: 3...3)
            pixelDeviation = try reader.reals(
                "MODEL.PIXEL_STD", count: 3...3, in: 1e-6...Double.greatestFiniteMagnitude)
            sizeDivisibility = max(
                1, try reader.integer("MODEL.MASK_FORMER.SIZE_DIVISIBILITY", in: -1...4096))
            let weights = try reader.text("MODEL.WEIGHTS")
            self.weights = weights.isEmpty ? nil : weights
        }

        /// What the official projects call the whole model and its head; nil is the one that is built here.
        private static let architectures: [(String, KeyValuePairs<String, String?>)] = [
            ("MODEL.META_ARCHITECTURE", ["MaskFormer": nil, "SemanticSegmentor": "per-pixel baseline"]),
            (
                "MODEL.SEM_SEG_HEAD.NAME",
                [
                    "MaskFormerHead": nil, "PerPixelBaselineHead": "per-pixel baseline",
                    "PerPixelBaselinePlusHead": "per-pixel baseline",
                ]
            ),
        ]
    }

    /// Normalisation layers by detectron2's names. On one process SyncBN is BN.
    package enum Norm: String, Sendable, Equatable {
        case batch = "BN"
        case synchronizedBatch = "SyncBN"
        case frozenBatch = "FrozenBN"
        case group = "GN"
        case none = ""

        static let names: KeyValuePairs<String, Norm> = [
            "BN": .batch, "SyncBN": .synchronizedBatch, "FrozenBN": .frozenBatch, "GN": .group, "": .none,
        ]
    }

    /// The names of the four feature maps, strides 4, 8, 16, 32.
    static let featureNames = ["res2", "res3", "res4", "res5"]

    /// Reads a list of feature names, which must be all four.
    static func requireAllFeatures(_ key: String, _ reader: ConfigReader) throws {
        let names = try reader.texts(key)
        guard names == featureNames else {
            throw reader.invalid(key, "expected \(featureNames), got \(names)")
        }
    }
}
