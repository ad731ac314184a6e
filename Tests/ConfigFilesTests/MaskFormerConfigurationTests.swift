import Backbones
import ConfigFiles
import Configurations
import Families
import Foundation
import MaskClassifiers
import Recipes
import Testing

/// The keys that make a MaskFormer or, by other names of network and head, a per-pixel baseline, in the words of the
/// official files.
private func yaml(_ network: String, _ head: String) -> String {
    """
    MODEL:
      META_ARCHITECTURE: "\(network)"
      BACKBONE: {FREEZE_AT: 0, NAME: "build_resnet_backbone"}
      RESNETS:
        OUT_FEATURES: ["res2", "res3", "res4", "res5"]
        STEM_TYPE: "basic"
        STRIDE_IN_1X1: False
        RES5_MULTI_GRID: [1, 1, 1]
      SEM_SEG_HEAD:
        NAME: "\(head)"
        NUM_CLASSES: 150
        CONVS_DIM: 256
        NORM: "GN"
        IN_FEATURES: ["res2", "res3", "res4", "res5"]
      MASK_FORMER:
        TRANSFORMER_IN_FEATURE: "res5"
        MASK_WEIGHT: 20.0
        NUM_OBJECT_QUERIES: 150
        DROPOUT: 0.1
        DEC_LAYERS: 6
    VERSION: 2

    """
}

private func parse(
    _ overrides: [String], network: String = "MaskFormer", head: String = "MaskFormerHead"
) throws -> RunConfiguration {
    try RunConfiguration.parse(
        yaml: yaml(network, head), name: "mf.yaml", overrides: overrides, families: networkFamilies)
}

private func perPixel(_ head: String, _ overrides: String...) throws -> PerPixel {
    try #require(try parse(overrides, network: "SemanticSegmentor", head: head).network() as? PerPixel)
}

private func maskFormer(_ overrides: String...) throws -> MaskFormer {
    try #require(try parse(overrides).network() as? MaskFormer)
}

@Suite struct MaskFormerConfigurationTests {
    private static let section = "MODEL.MASK_FORMER."

    @Test func officialWordsBecomeTypedValues() throws {
        let network = try maskFormer(Self.section + "MASK_WEIGHT", "19.0", Self.section + "DICE_WEIGHT", "2.0")
        let decoder = network.decoder
        #expect(decoder.layerCount == 6 && decoder.classCount == 150 && decoder.queryCount == 150)
        #expect(decoder.memory == .backbone("res5") && decoder.dropout == 0.1 && decoder.encoderLayerCount == 0)
        let pixels = try #require(network.pixelDecoder as? BasePixelDecoder.Configuration)
        #expect(pixels.channels == 256 && pixels.maskDimension == 256 && pixels.norm == .group)
        let criterion = network.criterionConfiguration
        #expect(criterion.weights.mask == 19 && criterion.weights.dice == 2 && criterion.weights.classification == 1)
        #expect(criterion.noObjectWeight == 0.1 && criterion.matching == .hungarian)
        #expect(network.input.divisibility == 32 && network.queryCount == 150)
        #expect(
            network.summary
                == "MaskFormer, ResNet-50, FrozenBN, FREEZE_AT 0, FPN, 150 queries, 6 decoder layers, 150 classes")
        let run = try parse([Self.section + "CLASS_WEIGHT", "2.0", Self.section + "TRAIN_NUM_POINTS", "100"])
        #expect(
            Set(run.keysWithoutEffect)
                == Set(
                    ["MODEL.RESNETS.RES5_MULTI_GRID", "MODEL.RESNETS.STEM_TYPE"]
                        + ["CLASS_WEIGHT", "TRAIN_NUM_POINTS"].map { Self.section + $0 }))
    }

    @Test func encoders() throws {
        let name = "MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME"
        let network = try maskFormer(
            name, "TransformerEncoderPixelDecoder", "MODEL.SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS", "3",
            Self.section + "TRANSFORMER_IN_FEATURE", "transformer_encoder", Self.section + "ENC_LAYERS", "2",
            Self.section + "PRE_NORM", "True", Self.section + "DIM_FEEDFORWARD", "512")
        let pixels = try #require(network.pixelDecoder as? TransformerEncoderPixelDecoder.Configuration)
        #expect(pixels.layerCount == 3 && pixels.feedForwardChannels == 512 && pixels.normalizesFirst)
        #expect(pixels.headCount == 8 && pixels.dropout == 0.1 && pixels.base.channels == 256)
        #expect(network.decoder.memory == .encoder && network.decoder.encoderLayerCount == 2)
    }

    /// A file that names a decoder, or maps of several strides, is Mask2Former's.
    @Test func whoseAFileIs() throws {
        #expect(try parse([]).network() is MaskFormer)
        let name = Self.section + "TRANSFORMER_DECODER_NAME"
        #expect(try parse([name, "StandardTransformerDecoder"]).network() is Mask2Former)
        let memory = Self.section + "TRANSFORMER_IN_FEATURE"
        #expect(try parse([memory, "multi_scale_pixel_decoder"]).network() is Mask2Former)
        #expect(try perPixel("PerPixelBaselineHead").queryCount == nil)
        let error = #expect(throws: ConfigError.self) { try parse([], network: "SemanticSegmentor") }
        #expect(error?.key == "MODEL.SEM_SEG_HEAD.NAME")
        // What a file resolves to is of the same family.
        let run = try parse([])
        let again = try RunConfiguration.parse(yaml: run.resolvedText, name: "r.yaml", families: networkFamilies)
        #expect(try again == run && again.network() is MaskFormer)
    }

    @Test(arguments: [
        (["TRANSFORMER_IN_FEATURE", "transformer_encoder"], "TRANSFORMER_IN_FEATURE"),
        (["TRANSFORMER_IN_FEATURE", "res6"], "TRANSFORMER_IN_FEATURE"),
        (["TEST.INSTANCE_ON", "True"], "TEST.INSTANCE_ON"), (["MATCHER", "greedy"], "MATCHER"),
        (["MATCHER", "fixed", "MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "100"], "MATCHER"),
        (["MATCHER", "fixed", "INPUT.DATASET_MAPPER_NAME", "mask_former_panoptic"], "MATCHER"),
        (["NHEADS", "7"], "HIDDEN_DIM"), (["DROPOUT", "1.0"], "DROPOUT"),
    ])
    func badValuesAreNamed(override: [String], key: String) {
        let error = #expect(throws: ConfigError.self) { try parse([Self.section + override[0]] + override.dropFirst()) }
        #expect(error?.key == Self.section + key && error?.kind == .invalidValue)
    }

    @Test func badPyramidsAreNamed() {
        let error = #expect(throws: ConfigError.self) { try parse(["MODEL.SEM_SEG_HEAD.CONVS_DIM", "100"]) }
        #expect(error?.key == "MODEL.SEM_SEG_HEAD.CONVS_DIM")
        #expect(throws: Never.self) {
            try parse(["MODEL.SEM_SEG_HEAD.CONVS_DIM", "100", "MODEL.SEM_SEG_HEAD.NORM", ""])
        }
    }

    @Test func fixedMatching() throws {
        #expect(try maskFormer(Self.section + "MATCHER", "fixed").criterionConfiguration.matching == .fixed)
    }

    @Test func perPixelBaselines() throws {
        let plain = try perPixel(
            "PerPixelBaselineHead", "MODEL.SEM_SEG_HEAD.LOSS_WEIGHT", "0.5", "MODEL.SEM_SEG_HEAD.IGNORE_VALUE", "65535")
        #expect(plain.head is PerPixelBaselineHead.Configuration && plain.head.classCount == 150)
        #expect(plain.criterionConfiguration.weight == 0.5 && plain.criterionConfiguration.ignoreLabel == 65_535)
        // Not MASK_FORMER's: the backbone's.
        #expect(plain.input.divisibility == 1)
        #expect(
            plain.summary == "per-pixel baseline, ResNet-50, FrozenBN, FREEZE_AT 0, FPN, 150 classes")
        let swin = try perPixel("PerPixelBaselineHead", "MODEL.BACKBONE.NAME", "D2SwinTransformer")
        #expect(swin.input.divisibility == 32)
        let plus = try perPixel("PerPixelBaselinePlusHead")
        let head = try #require(plus.head as? PerPixelBaselinePlusHead.Configuration)
        #expect(head.classCount == 150 && !head.decoder.classifiesQueries && head.decoder.memory == .backbone("res5"))
        #expect(plus.summary.hasPrefix("per-pixel baseline plus, ") && plus.summary.contains("6 decoder layers"))
        for (key, value) in [("NUM_OBJECT_QUERIES", "100"), ("TEST.PANOPTIC_ON", "True"), ("TEST.INSTANCE_ON", "True")]
        {
            let error = #expect(throws: ConfigError.self) {
                try perPixel("PerPixelBaselinePlusHead", Self.section + key, value)
            }
            #expect(error?.key == Self.section + key)
        }
    }

    @Test func deepLabsResNet() throws {
        let keys = ["MODEL.RESNETS.STEM_TYPE", "deeplab", "MODEL.RESNETS.RES5_MULTI_GRID", "[1, 2, 4]"]
        func backbone(_ overrides: [String]) throws -> any NamedBackbone {
            try #require(try parse(keys + overrides).network() as? MaskFormer).backbone
        }
        // PARITY: detectron2's own ResNet reads neither.
        #expect(try backbone([]) as? ResNet.Configuration == plainResNet)
        let name = ["MODEL.BACKBONE.NAME", "build_resnet_deeplab_backbone"]
        let deepLab = try #require(try backbone(name) as? DeepLabResNet)
        #expect(deepLab.resNet.hasDeepLabStem && deepLab.resNet.multiGrid == [1, 2, 4])
        #expect(deepLab.title == "DeepLab's ResNet-50, FrozenBN, FREEZE_AT 0")
        for (key, value, kind) in [
            ("RES4_DILATION", "2", ConfigError.Kind.unavailable), ("RES5_DILATION", "2", .unavailable),
            ("STEM_TYPE", "other", .invalidValue), ("RES5_MULTI_GRID", "[1, 2]", .invalidValue),
            ("STEM_OUT_CHANNELS", "63", .invalidValue),
        ] {
            let error = #expect(throws: ConfigError.self) { try backbone(name + ["MODEL.RESNETS." + key, value]) }
            #expect(error?.key == "MODEL.RESNETS." + key && error?.kind == kind)
        }
    }

    private var plainResNet: ResNet.Configuration {
        var resNet = ResNet.Configuration()
        resNet.norm = .frozen
        return resNet
    }
}
