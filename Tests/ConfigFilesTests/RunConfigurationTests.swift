import Annotations
import Backbones
import ConfigFiles
import Configurations
import Datasets
import Families
import Foundation
import Recipes
import Testing

/// The folder of shipped configurations, found from this file.
private let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Configs")

/// The smallest text that makes a PEM model, in the words of the official files.
private let pem = """
    MODEL:
      META_ARCHITECTURE: "MaskFormer"
      BACKBONE:
        FREEZE_AT: 0
        NAME: "build_resnet_backbone"
      RESNETS:
        OUT_FEATURES: ["res2", "res3", "res4", "res5"]
        NORM: "SyncBN"  # a comment
        STRIDE_IN_1X1: False
      SEM_SEG_HEAD:
        NAME: "MaskFormerHead"
        NUM_CLASSES: 19
        NORM: "SyncBN"
        LOSS_WEIGHT: 1.0
        PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
        IN_FEATURES: ["res2", "res3", "res4", "res5"]
      MASK_FORMER:
        TRANSFORMER_DECODER_NAME: "MultiScaleMaskedTransformerDecoder"
        TRANSFORMER_IN_FEATURE: "multi_scale_pixel_decoder"
        DEC_LAYERS: 7
    SOLVER:
      BASE_LR: 0.0007
      BASE_LR_END: 1e-6
      LR_SCHEDULER_NAME: "WarmupCosineLR"
      CLIP_GRADIENTS:
        ENABLED: True
        CLIP_TYPE: "full_model"
        CLIP_VALUE: 0.01
      AMP:
        ENABLED: True
    INPUT:
      MIN_SIZE_TRAIN: !!python/object/apply:eval ["[int(x * 0.1 * 1024) for x in range(5, 21)]"]
      CROP:
        ENABLED: True
        TYPE: "absolute"
        SIZE: (512, 1024)
    DATASETS:
      TRAIN: ("cityscapes_fine_sem_seg_train",)
    DATALOADER:
      FILTER_EMPTY_ANNOTATIONS: True
    VERSION: 2

    """

private func parse(_ overrides: String...) throws -> RunConfiguration { try parse(overrides: overrides) }

private func parse(overrides: [String]) throws -> RunConfiguration {
    try RunConfiguration.parse(yaml: pem, name: "pem.yaml", overrides: overrides, families: networkFamilies)
}

extension RunConfiguration {
    /// The network that it asks for, which must be PEM.
    fileprivate func pem() throws -> PEM { try #require(try network() as? PEM) }
}

@Suite struct RunConfigurationTests {
    @Test func officialWordsBecomeTypedValues() throws {
        let run = try parse("MODEL.RESNETS.DEPTH", "101")
        let pem = try run.pem()
        var backbone = ResNet.Configuration()
        backbone.depth = 101
        #expect(pem.backbone as? ResNet.Configuration == backbone)
        #expect(pem.decoder.layerCount == 6 && pem.decoder.classCount == 19)
        #expect(pem.pixelDecoder.channels == 128 && pem.pixelDecoder.maskDimension == 256)
        #expect(pem.criterionConfiguration.sampling.pointCount == 12544)
        #expect(pem.input.reversesChannels && pem.input.mean == [103.53, 116.28, 123.675])
        #expect(run.model.classCount == 19)
        #expect(run.model.weights == nil)
        let resize = run.input.augmentation.resize
        #expect(resize.minSizes.first == 512 && resize.minSizes.last == 2048)
        #expect(resize.minSizes.count == 16)
        #expect(run.input.augmentation.crop?.size == .absolute(ImageSize(height: 512, width: 1024)))
        #expect(run.input.augmentation.sizeDivisibility == nil)
        #expect(run.solver.optimizer.clipping == .fullModel(maximumNorm: 0.01))
        #expect(run.solver.optimizer.schedule.decay == .cosine(end: 1e-6 / 0.0007))
        #expect(run.solver.optimizer.rule == .adamW())
        #expect(run.datasets.train == ["cityscapes_fine_sem_seg_train"])
        #expect(run.seed == nil)
        #expect(
            run.keysWithoutEffect == [
                "MODEL.SEM_SEG_HEAD.LOSS_WEIGHT", "SOLVER.AMP.ENABLED",
            ])
    }

    @Test func stdcByOverride() throws {
        let run = try parse("MODEL.BACKBONE.NAME", "D2STDCnet", "MODEL.STDC.LAYERS", "(4, 5, 3)", "SEED", "7")
        #expect(try run.pem().backbone as? STDC.Configuration == .init(layers: [4, 5, 3]))
        #expect(run.seed == 7)
    }

    @Test func resolvedTextReadsBackEqual() throws {
        let run = try parse("OUTPUT_DIR", "a \"b\" (1, 2)", "MODEL.RPN.NMS_THRESH", "0.5")
        let again = try RunConfiguration.parse(
            yaml: run.resolvedText, name: "config.yaml", families: networkFamilies)
        #expect(again == run)
        #expect(again.solver == run.solver && again.model == run.model && again.input == run.input)
        #expect(again.outputDirectory == "a \"b\" (1, 2)")
        #expect(try parse("SEED", "1") != run)
    }

    @Test(arguments: [
        (["MODEL.RESNETS.DEPTH", "18"], "ResNet-18"),
        (["MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME", "Mask2FormerTransformerDecoder"], "Mask2Former"),
    ])
    func featuresNotBuiltAreNamed(overrides: [String], word: String) throws {
        let run = try parse(overrides: overrides)
        let error = #expect(throws: ConfigError.self) { try run.network() }
        #expect(error?.kind == .unavailable)
        #expect(error?.key == overrides[0])
        #expect(error?.problem.contains(word) == true)
        #expect(error?.origin == .commandLine(overrides.joined(separator: " ")))
    }

    @Test func decoderNamesMeanWhatTheOfficialCodeMeans() throws {
        // Beside PEM's pixel decoder both names are PEM's decoder; beside another the same name is another family's.
        #expect(
            try parse("MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME", "PEMTransformerDecoder").pem().decoder.layerCount
                == 6)
        let mask2Former = try parse("MODEL.SEM_SEG_HEAD.PIXEL_DECODER_NAME", "MSDeformAttnPixelDecoder")
        #expect(try mask2Former.network() is Mask2Former)
        let error = #expect(throws: ConfigError.self) {
            try parse("MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME", "StandardTransformerDecoder")
        }
        #expect(error?.key == "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME" && error?.kind == .invalidValue)
    }

    @Test func swinKeys() throws {
        func swin(_ words: String...) throws -> SwinTransformer.Configuration? {
            let words = ["MODEL.BACKBONE.NAME", "D2SwinTransformer"] + words
            return try parse(overrides: words).pem().backbone as? SwinTransformer.Configuration
        }
        let plain = try #require(try swin())
        #expect(plain == SwinTransformer.Configuration() && plain.title == "Swin-T")
        let other = try #require(
            try swin("MODEL.SWIN.QK_SCALE", "0.5", "MODEL.SWIN.APE", "True", "MODEL.SWIN.USE_CHECKPOINT", "True"))
        #expect(other.queryScale == 0.5 && other.positionImageSize == 224 && other.recomputesBlocks)
        for (key, value, problem) in [
            ("NUM_HEADS", "[3, 6, 12, 25]", "divisors of [96, 192, 384, 768]"),
            ("EMBED_DIM", "128", "divisors of [128, 256, 512, 1024]"),
            ("NUM_HEADS", "[3, 6]", "expected 4 values, got 2"),
            ("NUM_HEADS", "[3, 0, 12, 24]", "expected 1 to 4096, got 0"),
            ("DEPTHS", "[2, 2]", "expected 4 values, got 2"),
            ("DEPTHS", "[2, 2, 0, 2]", "expected 1 to 1000, got 0"), ("WINDOW_SIZE", "0", "expected 1 to 64, got 0"),
            ("DROP_RATE", "0.1", "dropout"), ("PATCH_SIZE", "2", "other patches"),
        ] {
            let error = #expect(throws: ConfigError.self) { try swin("MODEL.SWIN." + key, value) }
            #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
        }
    }

    @Test func keysOfPartsThatAreNotChosenAreChecked() throws {
        #expect(try parse("MODEL.SWIN.EMBED_DIM", "128").keysWithoutEffect.contains("MODEL.SWIN.EMBED_DIM") == false)
        let error = #expect(throws: ConfigError.self) { try parse("MODEL.SWIN.EMBED_DIMM", "128") }
        #expect(error?.kind == .unknownKey && error?.hint == "did you mean MODEL.SWIN.EMBED_DIM?")
    }

    @Test func everyKeyHasAMeaningAndOneDefault() throws {
        let declarations = RunConfiguration.declarations(of: networkFamilies)
        #expect(declarations.count > 150)
        for declaration in declarations { #expect(declaration.meaning.count > 5, "\(declaration.key)") }
        for (key, alike) in Dictionary(grouping: declarations, by: \.key) {
            #expect(alike.allSatisfy { $0 == alike[0] }, "\(key)")
        }
    }

    @Test(arguments: [
        ["SOLVER.BASE_LRR", "1"], ["SOLVER.BASE_LR", "fast"], ["SOLVER.BASE_LR", "1e400"],
        ["SOLVER.OPTIMIZER", "ADAM"],
        ["MODEL.MASK_FORMER.NHEADS", "7"], ["MODEL.RESNETS.DEPTH", "51"],
        ["MODEL.RESNETS.OUT_FEATURES", "['res4']"],
        ["INPUT.CROP.SIZE", "(0.5, 0.5)"], ["INPUT.CROP.SIZE", "(512,)"], ["SOLVER.ACCUMULATE", "3"],
        ["MODEL.PIXEL_STD", "(0.0, 1.0, 1.0)"], ["INPUT.FORMAT", "HSV"], ["SOLVER.BASE_LR_END", "0.1"],
        ["INPUT.MIN_SIZE_TRAIN_SAMPLING", "range"], ["MODEL.META_ARCHITECTURE", "RetinaNet"],
        ["VERSION", "1"], ["MODEL.PEM.PROTOTYPES", "means"], ["MODEL.PEM.MASKS", "False"], ["MODEL.PEM.CSM", "1"],
        ["INPUT.CROP.ENABLED", "False", "INPUT.PAD_TO_CROP", "True"], ["INPUT.RESIZE_TRAIN", "scaled_bounds"],
        ["INPUT.RESIZE_TRAIN", "bounds"], ["INPUT.RESAMPLING", "cv2"], ["INPUT.PADDING", "0"],
        ["INPUT.COLOR_AUG_SSD_HUE", "[5, -5]"], ["INPUT.CROP.ATTEMPTS", "0"], ["INPUT.ALIGN_TEST", "-1"],
        ["INPUT.DATASET_MAPPER_NAME", "coco_panoptic_lsj", "INPUT.RESAMPLING", "opencv"],
        ["INPUT.DATASET_MAPPER_NAME", "detr_panoptic", "INPUT.PADDING", "mean"],
        ["SOLVER.WEIGHT_DECAY_HEAD_NORM", "-1"], ["SOLVER.LR_LAG", "-1"], ["TEST.MEAN_IOU", "mmsegmentation"],
        ["TEST.AUG.RATIOS", "[0]"],
    ])
    func badValuesNameTheKeyAndWhere(overrides: [String]) {
        let error = #expect(throws: ConfigError.self) {
            try parse(overrides: overrides)
        }
        #expect(error?.key != nil && error?.origin != nil)
        #expect(error?.kind != .unavailable)
    }

    /// mmsegmentation's and SegFormer's, in our keys.
    @Test func anotherCodesRecipe() throws {
        let run = try parse(
            "INPUT.RESIZE_TRAIN", "scaled_bounds", "INPUT.MIN_SIZE_TRAIN", "[512]", "INPUT.MAX_SIZE_TRAIN", "2048",
            "INPUT.MIN_SCALE", "0.5", "INPUT.RESAMPLING", "opencv", "INPUT.PADDING", "mean", "INPUT.PAD_TO_CROP",
            "True",
            "INPUT.COLOR_AUG_SSD", "True", "INPUT.COLOR_AUG_SSD_HUE", "[-18, 17]", "INPUT.CROP.ATTEMPTS", "11",
            "INPUT.MIN_SIZE_TEST", "512", "INPUT.MAX_SIZE_TEST", "2048", "INPUT.ALIGN_TEST", "32",
            "SOLVER.HEAD_MULTIPLIER", "10.0", "SOLVER.WEIGHT_DECAY_HEAD_NORM", "0.01", "SOLVER.LR_LAG", "1",
            "TEST.MEAN_IOU", "mmseg", "TEST.AUG.RATIOS", "[0.75, 1, 1.25]")
        let augmentation = run.input.augmentation
        #expect(
            augmentation.scaledResize == ScaledResize(.bounds(longest: 2048, shortest: 512), scales: 0.5...2, step: 0))
        #expect(augmentation.resampling == .openCV && augmentation.padding == .mean && augmentation.padsToCrop)
        #expect(augmentation.hues == -18...17 && augmentation.crop?.attempts == 11)
        #expect(
            run.input.evaluation
                == EvaluationMapper(minSize: 512, maxSize: 2048, resampling: .openCV, alignment: 32))
        let settings = run.solver.optimizer.settings
        #expect(settings.headMultiplier == 10 && settings.headNormWeightDecay == 0.01)
        #expect(run.solver.optimizer.schedule.lag == 1 && run.test.meanRule == .mmsegmentation)
        #expect(run.test.inference.augmentation.ratios == [0.75, 1, 1.25])
        let edge = try parse(
            "INPUT.RESIZE_TRAIN", "scaled_longest_edge", "INPUT.MAX_SIZE_TRAIN", "2048", "INPUT.MIN_SCALE", "0.5",
            "INPUT.MAX_SCALE", "2.1", "INPUT.SCALE_STEP", "0.1", "INPUT.PADDING", "black")
        #expect(
            edge.input.augmentation.scaledResize == ScaledResize(.longest(2048), scales: 0.5...2.1, step: 0.1))
        #expect(edge.input.augmentation.padding == .black)
        let plain = try parse()
        #expect(plain.input.augmentation.scaledResize == nil && plain.solver.optimizer.settings.headMultiplier == 1)
        #expect(plain.test.meanRule == .detectron2 && plain.solver.optimizer.settings.headNormWeightDecay == nil)
    }

    @Test func misspeltKeyInAFile() {
        let text = pem.replacingOccurrences(of: "NUM_CLASSES", with: "NUM_CLASES")
        let error = #expect(throws: ConfigError.self) {
            try RunConfiguration.parse(yaml: text, name: "x.cfg", families: networkFamilies)
        }
        #expect(
            error?.description == """
                x.cfg:12:5: MODEL.SEM_SEG_HEAD.NUM_CLASES: unknown key
                        NUM_CLASES: 19
                        ^
                  did you mean MODEL.SEM_SEG_HEAD.NUM_CLASSES?
                """)
    }
}

@Suite struct ShippedConfigurationTests {
    private static let names = ["cityscapes", "ade20k"].flatMap { data in
        ["sem", "pan"].flatMap { task in ["", "_stdc1", "_stdc2"].map { "\(data)_\(task)\($0)" } }
    }

    private static let outerNames = [
        "camvid_sem", "camvid_sem_mask2former", "camvid_sem_pidnet_s", "camvid_sem_segformer_b0",
        "camvid_sem_swiftformer_xs", "demo", "demo_pan",
    ]

    private static func load(_ name: String) throws -> RunConfiguration {
        let folder =
            outerNames.contains(name) ? configs : configs.appendingPathComponent("pem")
        return try RunSetup(
            path: folder.appendingPathComponent("\(name).cfg").path, overrides: [], families: networkFamilies
        ).configuration
    }

    @Test func everyFileOpensWithACommentAndLoads() throws {
        func names(_ folder: URL) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".cfg") }
        }
        let (outer, pem) = (configs, configs.appendingPathComponent("pem"))
        #expect(try Set(names(outer)) == Set(Self.outerNames.map { $0 + ".cfg" }))
        #expect(try Set(names(pem)) == Set((Self.names + Self.borrowed.map(\.name)).map { $0 + ".cfg" }))
        for folder in [outer, pem] {
            for file in try names(folder) {
                let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                let titles = ["PEM", "Mask2Former", "PIDNet", "SegFormer", "SwiftFormer"]
                #expect(titles.contains { text.hasPrefix("# \($0)-") }, "\(file)")
                _ = try Self.load(String(file.dropLast(4))).network()
            }
        }
    }

    /// Each says what it changes, and changes that alone.
    @Test func ablations() throws {
        let folder = configs.appendingPathComponent("pem/ablations")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let changes = ["no_mask", "mean_prototypes", "masked_attention", "no_csm", "no_deformable"]
        let endings = changes + (1...6).map { "layers_\($0)" }
        let bases = ["cityscapes", "ade20k"].flatMap { ["\($0)_sem", "\($0)_pan"] }
        #expect(files == bases.flatMap { base in endings.map { "\(base)_\($0).cfg" } }.sorted())
        for base in bases {
            let official = try Self.load(base)
            for ending in endings {
                let run = try RunSetup(
                    path: folder.appendingPathComponent("\(base)_\(ending).cfg").path, overrides: [],
                    families: networkFamilies
                ).configuration
                #expect(run.keysWithoutEffect.isEmpty && run.outputDirectory == "output/\(base)_\(ending)")
                #expect(run.solver == official.solver && run.input == official.input && run.model == official.model)
                let (pem, other) = (try run.pem(), try official.pem())
                #expect(pem.decoder.isMasked == (ending != "no_mask"))
                #expect(pem.pixelDecoder.isModulated == (ending != "no_csm"))
                #expect(pem.pixelDecoder.isDeformable == (ending != "no_deformable"))
                #expect(pem.decoder.layerCount == (ending.hasPrefix("layers") ? Int(ending.suffix(1)) : 6))
                #expect((pem.summary != other.summary) == (ending != "layers_6"), "\(base)_\(ending)")
            }
        }
    }

    @Test(arguments: names) func paperConfigurations(name: String) throws {
        let run = try Self.load(name)
        let isCityscapes = name.hasPrefix("cityscapes")
        #expect(run.model.classCount == (isCityscapes ? 19 : 150))
        #expect(run.test.inference.panoptic == name.contains("_pan"))
        #expect(run.input.mapper == (name.contains("_pan") ? .panoptic : .semantic))
        #expect(run.solver.imagesPerBatch == 32)
        #expect(run.solver.maximumSteps == (isCityscapes ? 90_000 : 160_000))
        #expect(run.keysWithoutEffect.isEmpty)
        let backbone = try run.pem().backbone
        if let stdc = backbone as? STDC.Configuration {
            #expect(stdc.layers == (name.hasSuffix("1") ? [2, 2, 2] : [4, 5, 3]))
        } else {
            let resNet = try #require(backbone as? ResNet.Configuration)
            #expect(!name.contains("stdc"))
            #expect(resNet.depth == 50 && resNet.norm == (isCityscapes ? .batch : .frozen))
        }
    }

    /// Tasks and data sets that are not in the paper: with Mask2Former's settings.
    struct Borrowed: Sendable, CustomTestStringConvertible {
        var name: String
        let classCount, steps: Int
        let mapper: InputConfiguration.Mapper
        let train: String
        var testDescription: String { name }
    }

    private static let borrowed = [
        Borrowed(
            name: "cityscapes_ins", classCount: 8, steps: 90_000, mapper: .instance,
            train: "cityscapes_fine_instance_seg_train"),
        Borrowed(
            name: "ade20k_ins", classCount: 100, steps: 160_000, mapper: .instance, train: "ade20k_instance_train"),
        Borrowed(name: "coco_ins", classCount: 80, steps: 368_750, mapper: .jitteredInstance, train: "coco_2017_train"),
        Borrowed(
            name: "coco_pan", classCount: 133, steps: 368_750, mapper: .jitteredPanoptic,
            train: "coco_2017_train_panoptic"),
    ].flatMap { test in
        ["", "_stdc1", "_stdc2"].map { ending in
            var named = test
            named.name += ending
            return named
        }
    }

    @Test(arguments: borrowed) func borrowedConfigurations(test: Borrowed) throws {
        let run = try Self.load(test.name)
        #expect(try run.pem().decoder.classCount == test.classCount && run.model.classCount == test.classCount)
        #expect(run.input.mapper == test.mapper && run.datasets.train == [test.train])
        let tasks = run.test.inference
        #expect(tasks.panoptic == test.name.contains("_pan") && tasks.instance == test.name.contains("_ins"))
        #expect(tasks.semantic == tasks.panoptic)
        #expect(run.solver.imagesPerBatch == 16 && run.solver.maximumSteps == test.steps)
        #expect(run.solver.optimizer.settings.learningRate == 1e-4)
        #expect(run.input.jitter.imageSize == 1024 && run.input.jitter.scales == 0.1...2)
        #expect(run.keysWithoutEffect.isEmpty)
    }

    @Test func camVid() throws {
        let run = try Self.load("camvid_sem")
        #expect(try run.pem().backbone as? STDC.Configuration == .init(layers: [2, 2, 2]))
        #expect(run.model.classCount == 11 && run.model.ignoreLabel == 11)
        let optimizer = run.solver.optimizer
        #expect(optimizer.settings.learningRate == 7e-4 && optimizer.settings.backboneMultiplier == 1)
        #expect(optimizer.schedule.decay == .poly(power: 0.9, constantEnding: 0))
        #expect(optimizer.schedule.warmup == .init(method: .linear, factor: 0.05, steps: 19))
        #expect(run.solver.maximumSteps == 600 && run.solver.imagesPerBatch == 4)
        #expect(
            run.input.augmentation.crop?.size == .absolute(ImageSize(height: 256, width: 352))
                && run.input.augmentation.padsToCrop)
        #expect(try run.pem().criterionConfiguration.sampling.pointCount == 3136)
        let other = try Self.load("camvid_sem_mask2former")
        #expect(other.solver == run.solver && other.input.augmentation == run.input.augmentation)
    }
}
