import Annotations
import Checkpoints
import Configurations
import Criteria
import Datasets
import Engine
import Foundation
import Layers
import Networks
import Profiling
import Recipes
import Testing

/// Networks that this program does not ship go through all of its recipes: what a new family needs is what they have.
@Suite struct StrangerNetworkTests {
    private static let families: [any NetworkFamily.Type] = [TinyPixels.self, TinyMasks.self]

    /// A folder with the synthetic data set, and a configuration that names a family by its architecture.
    private final class Project {
        private let path = NSTemporaryDirectory() + "stranger-\(UUID().uuidString)"

        init() throws {
            try SyntheticScenes(imageCount: 5, size: ImageSize(height: 64, width: 128), seed: 3)
                .write(to: path + "/cityscapes")
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func setup(_ architecture: String, _ more: [String] = []) throws -> RunSetup {
            let file = path + "/tiny.cfg"
            try """
            MODEL: {META_ARCHITECTURE: \(architecture), SEM_SEG_HEAD: {NUM_CLASSES: 19}}
            DATASETS:
              ROOT: \(path)
              TRAIN: [cityscapes_fine_sem_seg_train]
              TEST: [cityscapes_fine_sem_seg_val]
            INPUT: {MIN_SIZE_TRAIN: [64], CROP: {ENABLED: True, TYPE: absolute, SIZE: [64, 64]}, MIN_SIZE_TEST: 64}
            SOLVER: {IMS_PER_BATCH: 2, MAX_ITER: 4, BASE_LR: 0.01, LR_SCHEDULER_NAME: WarmupPolyLR, WARMUP_ITERS: 0}
            SEED: 5
            OUTPUT_DIR: \(path)/run
            """.write(toFile: file, atomically: true, encoding: .utf8)
            return try RunSetup(path: file, overrides: more, families: StrangerNetworkTests.families)
        }

        func file(_ name: String) -> String { path + "/" + name }
    }

    private let console = Console(descriptor: -1)

    private func train(_ setup: RunSetup, resumes: Bool = false) throws -> Int32 {
        var options = TrainingRecipe.Options()
        options.resumes = resumes
        return try TrainingRecipe(setup, options, console: console).run()
    }

    @Test(arguments: ["TinyPixels", "TinyMasks"]) func everyRecipeTakesIt(architecture: String) throws {
        let project = try Project()
        #expect(try train(project.setup(architecture)) == 0)
        let weights = project.file("run/model_final.safetensors")
        let trained = try SafetensorsFile(path: weights)
        let initial = try project.setup(architecture).configuration.network().network(seed: 5).store
        #expect(Set(trained.names) == Set(initial.parameters.map(\.name)))
        let moved = try initial.trainable.filter { try trained.floats(named: $0.name) != $0.officialValues }
        #expect(moved.count == initial.trainable.count)

        // Two steps, then the rest, give the same bytes.
        let halves = project.file("halves")
        #expect(try train(project.setup(architecture, ["OUTPUT_DIR", halves, "SOLVER.CHECKPOINT_PERIOD", "2"])) == 0)
        for name in ["model_final.safetensors", "training_final.safetensors"] {
            try? FileManager.default.removeItem(atPath: "\(halves)/\(name)")
        }
        #expect(try train(project.setup(architecture, ["OUTPUT_DIR", halves]), resumes: true) == 0)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: weights))
                == Data(contentsOf: URL(fileURLWithPath: halves + "/model_final.safetensors")))

        let evaluation = try project.setup(architecture, ["OUTPUT_DIR", project.file("scores")])
        #expect(
            try EvaluationRecipe.run(
                evaluation, weights: weights, output: evaluation.configuration.outputDirectory, saving: nil,
                console: console) == 0)
        let results = try String(contentsOfFile: project.file("scores/results.json"), encoding: .utf8)
        #expect(results.contains("mIoU"))

        let pictures = try FileManager.default.subpathsOfDirectory(atPath: project.file("cityscapes/leftImg8bit/val"))
            .filter { $0.hasSuffix(".png") }.map { project.file("cityscapes/leftImg8bit/val/" + $0) }
        var prediction = PredictionRecipe.Options(
            weights: weights, pictures: pictures, output: project.file("pictures"))
        prediction.raw = project.file("raw.safetensors")
        #expect(try PredictionRecipe(evaluation, prediction, console: console).run() == 0)
        let raw = try SafetensorsFile(path: project.file("raw.safetensors"))
        let name = architecture == "TinyPixels" ? "logits" : "pred_masks"
        #expect(raw.names.contains(name))
        #expect(raw.shape(named: name).map { Array($0.suffix(2)) } == [16, 32])

        var options = Profile.Options()
        (options.size, options.runs) = (ImageSize(height: 64, width: 128), 1)
        for trains in [false, true] {
            options.trains = trains
            let network = try NetworkWork(evaluation.configuration)
            let report = try Profile(network, name: architecture, options).run { _ in }
            #expect(report.macs > 0 && report.parameters == initial.parameterCount)
            #expect(report.modules.reduce(0) { $0 + $1.parameters } == report.parameters)
        }

        let conversion = ConversionRecipe(
            .init(input: weights), families: Self.families, console: console)
        try conversion.convert(to: project.file("converted.pth"), for: evaluation)
        let converted = try WeightsArchiveNames(project.file("converted.pth"))
        #expect(converted.names.isSuperset(of: trained.names))
    }

    /// mmsegmentation's augmentation: every image is smaller than the crop, and one batch may hold several sizes.
    @Test func imagesThatArePaddedAfterNormalisationShareABatch() throws {
        let project = try Project()
        let settings = [
            "INPUT.RESIZE_TRAIN", "scaled_bounds", "INPUT.MIN_SIZE_TRAIN", "[64]", "INPUT.MAX_SIZE_TRAIN", "128",
            "INPUT.MIN_SCALE", "0.5", "INPUT.MAX_SCALE", "1.1", "INPUT.RESAMPLING", "opencv", "INPUT.PADDING", "mean",
            "INPUT.PAD_TO_CROP", "True", "INPUT.CROP.SIZE", "[96, 160]", "INPUT.ALIGN_TEST", "32",
            "TEST.AUG.RATIOS", "[0.75, 1.25]", "TEST.AUG.ENABLED", "True", "TEST.MEAN_IOU", "pidnet",
        ]
        #expect(try train(project.setup("TinyPixels", settings)) == 0)
        let evaluation = try project.setup("TinyPixels", settings)
        #expect(
            try EvaluationRecipe.run(
                evaluation, weights: project.file("run/model_final.safetensors"),
                output: evaluation.configuration.outputDirectory, saving: nil, console: console) == 0)
    }

    /// What a step computes over its images together is told where SOLVER.ACCUMULATE takes them apart.
    @Test func partsOfABatchAreTold() throws {
        let project = try Project()
        func notes(_ more: [String], _ criterion: any Criterion = PixelCrossEntropy()) throws -> String {
            let run = try project.setup("TinyPixels", more).configuration
            return try run.partNotes(run.network().network(seed: 0).store, criterion).joined(separator: "\n")
        }
        let whole = ["SOLVER.IMS_PER_BATCH", "12"]
        let parts = whole + ["SOLVER.ACCUMULATE", "2"]
        #expect(try notes(whole, Choosy()).isEmpty)
        #expect(
            try notes(parts)
                == "note: SOLVER.ACCUMULATE 2: batch norm takes its statistics from 6 of 12 images at a time, as on 2 "
                + "GPUs without synchronisation")
        let text = try notes(parts + ["SOLVER.SUMS_BY_IMAGE", "True"], Choosy())
        #expect(text.contains("statistics and the loss is computed from 6 of 12 images"))
        #expect(text.hasSuffix("; SOLVER.SUMS_BY_IMAGE does not change that"))
        let run = try project.setup("TinyPixels", parts).configuration
        let frozen = ParameterStore(seed: 0)
        _ = NormKind.frozen.make(frozen.root.child("norm"), channels: 2)
        #expect(run.partNotes(frozen, PixelCrossEntropy()).isEmpty && run.partNotes(frozen, Choosy()).count == 1)
    }

    private struct Choosy: Criterion {
        var dependsOnWholeBatch: Bool { true }
        func losses<Random: UniformSource>(
            _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
        ) throws -> Losses { Losses([]) }
    }

    @Test func anotherFamilysKeysAreNotItsOwn() throws {
        let project = try Project()
        #expect(throws: (any Error).self) { try project.setup("TinyPixels", ["MODEL.TINY.WIDHT", "4"]) }
        #expect(throws: (any Error).self) { try project.setup("PEM") }
        #expect(try project.setup("TinyPixels", ["MODEL.TINY.WIDTH", "4"]).configuration.keysWithoutEffect.isEmpty)
    }
}

/// The names in a file of weights of any format.
private struct WeightsArchiveNames {
    let names: Set<String>
    init(_ path: String) throws { names = try Set(WeightArchive.open(path: path).names) }
}
