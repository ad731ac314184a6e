import Backbones
import ConfigFiles
import Configurations
import Families
import Foundation
import MaskClassifiers
import Recipes
import Testing

/// The keys that make a Mask2Former, in the words of the official files.
private let mask2Former = """
    MODEL:
      META_ARCHITECTURE: "MaskFormer"
      WEIGHTS: "detectron2://ImageNetPretrained/torchvision/R-50.pkl"
      BACKBONE: {FREEZE_AT: 0, NAME: "build_resnet_backbone"}
      RESNETS:
        OUT_FEATURES: ["res2", "res3", "res4", "res5"]
        STEM_TYPE: "basic"
        STRIDE_IN_1X1: False
        RES5_MULTI_GRID: [1, 1, 1]
      SEM_SEG_HEAD:
        NAME: "MaskFormerHead"
        NUM_CLASSES: 133
        CONVS_DIM: 256
        NORM: "GN"
        PIXEL_DECODER_NAME: "MSDeformAttnPixelDecoder"
        IN_FEATURES: ["res2", "res3", "res4", "res5"]
        IN_FEATURES: ["res2", "res3", "res4", "res5"]
        DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES: ["res3", "res4", "res5"]
        TRANSFORMER_ENC_LAYERS: 6
      MASK_FORMER:
        TRANSFORMER_IN_FEATURE: "multi_scale_pixel_decoder"
        DROPOUT: 0.0
        DEC_LAYERS: 10
        TEST: {PANOPTIC_ON: True, INSTANCE_ON: True}
    SOLVER:
      STEPS: (327778, 355092)
      MAX_ITER: 368750
      WARMUP_ITERS: 10
    INPUT:
      DATASET_MAPPER_NAME: "coco_panoptic_lsj"
    VERSION: 2

    """

private func parse(_ overrides: String...) throws -> RunConfiguration { try parse(overrides: overrides) }

private func parse(overrides: [String]) throws -> RunConfiguration {
    try RunConfiguration.parse(yaml: mask2Former, name: "m2f.yaml", overrides: overrides, families: networkFamilies)
}

extension RunConfiguration {
    fileprivate func mask2Former() throws -> Mask2Former { try #require(try network() as? Mask2Former) }
}

extension Mask2Former {
    fileprivate var deformable: MSDeformAttnPixelDecoder.Configuration? {
        pixelDecoder as? MSDeformAttnPixelDecoder.Configuration
    }
}

@Suite struct Mask2FormerConfigurationTests {
    private static let section = "MODEL.MASK_FORMER."
    private static let decoderName = section + "TRANSFORMER_DECODER_NAME"

    @Test func officialWordsBecomeTypedValues() throws {
        let run = try parse("MODEL.SEM_SEG_HEAD.MASK_DIM", "128", Self.section + "NHEADS", "4")
        let network = try run.mask2Former()
        let decoder = try #require(network.decoder as? MultiScaleQueryDecoder.Configuration)
        #expect(decoder.layerCount == 9 && decoder.classCount == 133 && decoder.queryCount == 100)
        #expect(!decoder.normalizesFirst && !decoder.enforcesInputProjection && decoder.headCount == 4)
        let pixels = try #require(network.deformable)
        #expect(pixels.channels == 256 && pixels.maskDimension == 128 && pixels.norm == .group)
        #expect(pixels.layerCount == 6 && pixels.headCount == 4 && pixels.feedForwardChannels == 1024)
        #expect(pixels.transformerFeatures == ["res3", "res4", "res5"] && pixels.dropout == 0)
        #expect(network.queryCount == 100)
        #expect(
            network.summary == "Mask2Former, ResNet-50, FrozenBN, FREEZE_AT 0, 6 encoder layers, 100 queries, "
                + "9 decoder layers, 133 classes")
        #expect(run.input.mapper == .jitteredPanoptic)
        #expect(
            run.solver.optimizer.schedule.decay == .multiStep(milestones: [327_778, 355_092], gamma: 0.1))
        #expect(run.keysWithoutEffect == ["MODEL.RESNETS.RES5_MULTI_GRID", "MODEL.RESNETS.STEM_TYPE"])
    }

    @Test func theOtherDecoders() throws {
        let emca = try parse(Self.decoderName, "PEMTransformerDecoder").mask2Former()
        #expect(emca.summary.hasPrefix("EMCA, ResNet-50"))
        let decoder = try #require(emca.decoder as? MultiScaleQueryDecoder.Configuration)
        #expect(decoder.layerCount == 9 && !decoder.normalizesFirst)

        let name = "StandardTransformerDecoder"
        for (word, memory) in [
            ("transformer_encoder", StandardTransformerDecoder.Memory.encoder), ("pixel_embedding", .maskFeatures),
            ("res4", .backbone("res4")),
        ] {
            let run = try parse(
                Self.decoderName, name, Self.section + "TRANSFORMER_IN_FEATURE", word, Self.section + "DROPOUT", "0.2")
            let network = try run.mask2Former()
            let standard = try #require(network.decoder as? StandardTransformerDecoder.Configuration)
            // Here DEC_LAYERS is the number of layers.
            #expect(standard.memory == memory && standard.layerCount == 10 && standard.dropout == 0.2)
            #expect(network.deformable?.dropout == 0.2)
            #expect(network.summary.contains("with MaskFormer's decoder"))
        }
        let encoder = try parse(
            Self.decoderName, name, Self.section + "TRANSFORMER_IN_FEATURE", "res5", Self.section + "ENC_LAYERS", "2")
        let standard = try encoder.mask2Former().decoder as? StandardTransformerDecoder.Configuration
        #expect(standard?.encoderLayerCount == 2)
    }

    /// MaskFormer's pixel decoders, whose maps at strides 32, 16 and 8 the queries read.
    @Test(arguments: ["BasePixelDecoder", "TransformerEncoderPixelDecoder"])
    func maskFormersPixelDecoders(name: String) throws {
        let network = try parse("MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME", name).mask2Former()
        #expect(type(of: network.pixelDecoder).name == name && network.decoder is MultiScaleQueryDecoder.Configuration)
        #expect(network.summary.contains(name == "BasePixelDecoder" ? ", FPN, " : ", FPN with 6 encoder layers, "))
    }

    /// Keys that the official code never reads.
    @Test func deadKeys() throws {
        let keys = ["N_POINTS", "N_HEADS"].map { "MODEL.SEM_SEG_HEAD.DEFORMABLE_TRANSFORMER_ENCODER_" + $0 }
        let run = try parse(keys[0], "2", keys[1], "4")
        #expect(try run.mask2Former().deformable?.headCount == 8)
        #expect(Set(run.keysWithoutEffect).isSuperset(of: keys))
    }

    @Test(arguments: [("-1", 1), ("0", 1), ("32", 32), ("20", 20)]) func padding(written: String, divisor: Int) throws {
        #expect(try parse(Self.section + "SIZE_DIVISIBILITY", written).mask2Former().input.divisibility == divisor)
    }

    @Test(arguments: [
        (["NHEADS", "7"], "MODEL.MASK_FORMER.HIDDEN_DIM"), (["HIDDEN_DIM", "250"], "MODEL.MASK_FORMER.HIDDEN_DIM"),
        (["TRANSFORMER_IN_FEATURE", "res5"], "MODEL.MASK_FORMER.TRANSFORMER_IN_FEATURE"),
        (
            ["TRANSFORMER_DECODER_NAME", "StandardTransformerDecoder"],
            "MODEL.MASK_FORMER.TRANSFORMER_IN_FEATURE"
        ),
        (["TRANSFORMER_DECODER_NAME", "StandardDecoder"], "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME"),
        (["DROPOUT", "1.0"], "MODEL.MASK_FORMER.DROPOUT"),
    ])
    func badValuesAreNamed(override: [String], key: String) {
        let error = #expect(throws: ConfigError.self) { try parse(Self.section + override[0], override[1]) }
        #expect(error?.key == key)
    }

    @Test func badHeadsAreNamed() {
        for (key, value) in [
            ("CONVS_DIM", "100"), ("DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES", "['res2', 'res5']"),
            ("DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES", "[]"),
        ] {
            let error = #expect(throws: ConfigError.self) { try parse("MODEL.SEM_SEG_HEAD." + key, value) }
            #expect(error?.key == "MODEL.SEM_SEG_HEAD." + key)
        }
    }
}

/// The files of Configs/mask2former and Configs/emca. That the former are the official ones has been compared key by
/// key with those (it needs them); here stands what tells them apart.
@Suite struct ShippedMask2FormerTests {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Configs")

    private static func names(_ folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: configs.path + "/" + folder)) ?? []
        return files.filter { $0.hasSuffix(".cfg") }.map { "\(folder)/\($0.dropLast(4))" }.sorted()
    }

    private static let all = names("mask2former") + names("emca")

    @Test func theyAreAllThere() {
        #expect(Self.names("mask2former").count == 47 && Self.names("emca").count == 24)
    }

    @Test(arguments: all) func settings(name: String) throws {
        let path = "\(Self.configs.path)/\(name).cfg"
        let setup = try RunSetup(path: path, overrides: [], families: networkFamilies)
        let run = setup.configuration
        let network = try run.mask2Former()
        let parts = name.split(separator: "/").flatMap { $0.split(separator: "_", maxSplits: 2) }.map(String.init)
        let (family, data, task, backbone) = (parts[0], parts[1], parts[2], parts[3])
        #expect(
            try String(contentsOfFile: path, encoding: .utf8).hasPrefix(family == "emca" ? "# EMCA-" : "# Mask2Former-")
        )
        #expect(network.summary.hasPrefix(family == "emca" ? "EMCA," : "Mask2Former,"))
        #expect(run.outputDirectory == "output/\(name.replacingOccurrences(of: "/", with: "_"))")

        let classes = [
            "ade20k": ["sem": 150, "ins": 100, "pan": 150], "cityscapes": ["sem": 19, "ins": 8, "pan": 19],
            "coco": ["ins": 80, "pan": 133], "mapillary": ["sem": 65, "pan": 65],
        ]
        #expect(run.model.classCount == classes[data]?[task])
        #expect(run.model.ignoreLabel == (data == "mapillary" ? 65 : 255))
        let (tasks, isWholeADE) = (run.test.inference, data == "ade20k" && task != "sem")
        #expect(tasks.semantic == (task != "ins" || isWholeADE))
        #expect(tasks.instance == (isWholeADE || task == "ins" || task == "pan" && data != "mapillary"))
        #expect(tasks.panoptic == (isWholeADE || task == "pan"))
        let hasMany = backbone == "swin_large" && task != "sem"
        #expect(network.queryCount == (hasMany ? 200 : 100))
        let steps = ["ade20k": 160_000, "cityscapes": 90_000, "coco": 368_750, "mapillary": 300_000]
        let isLong = data == "coco" && backbone == "swin_large"
        #expect(run.solver.maximumSteps == (steps[data] ?? 0) * (isLong ? 2 : 1))
        #expect(run.solver.imagesPerBatch == 16 && run.solver.optimizer.settings.learningRate == 1e-4)
        let weights = [
            "r50": "detectron2://ImageNetPretrained/torchvision/R-50.pkl", "r101": "R-101.pkl",
            "swin_tiny": "swin_tiny_patch4_window7_224.pkl", "swin_small": "swin_small_patch4_window7_224.pkl",
            "swin_base": "swin_base_patch4_window12_384.pkl",
            "swin_base_in21k": "swin_base_patch4_window12_384_22k.pkl",
            "swin_large": "swin_large_patch4_window12_384_22k.pkl",
        ]
        #expect(run.model.weights == weights[backbone])
        #expect(network.backbone is ResNet.Configuration == backbone.hasPrefix("r"))
        #expect(setup.warnings.isEmpty)
    }
}
