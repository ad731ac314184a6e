import Checkpoints
import Foundation
import TestSupport
import Testing

/// One clear message, the right exit status, nothing lost.
@Suite(.serialized) struct BadInputTests {
    @Test(arguments: [
        (["SOLVER.BASE_LRR", "1"], "did you mean SOLVER.BASE_LR"),
        (["SOLVER.MAX_ITER", "many"], "SOLVER.MAX_ITER"),
        (["SOLVER.MAX_ITER"], "the value is missing"),
        (["MODEL.SEM_SEG_HEAD.NUM_CLASSES", "4"], "expected 3, the classes of tiny_train, got 4"),
        (
            ["MODEL.SEM_SEG_HEAD.NUM_CLASSES", "4"],
            "put MODEL.SEM_SEG_HEAD.NUM_CLASSES 3 behind the command, or set it in the configuration\n"
        ),
        (
            ["MODEL.SEM_SEG_HEAD.NUM_CLASSES", "4", "MODEL.SEM_SEG_HEAD.IGNORE_VALUE", "9"],
            "put MODEL.SEM_SEG_HEAD.NUM_CLASSES 3 MODEL.SEM_SEG_HEAD.IGNORE_VALUE 255 behind the command, or set them"
        ),
        (["MODEL.MIT.DROP_RATE", "0.1"], "did you mean MODEL.MIT.DROP_PATH_RATE?"),
        (["MODEL.SEGFORMER.DROPOUT", "0.1"], "did you mean MODEL.SEGFORMER.DROPOUT_RATIO?"),
        (["MODEL.MASK_FORMER.SIZE_DIVISIBILITY", "16"], "expected a multiple of 32"),
        (["--weights", "R-50.pkl"], "cannot read R-50.pkl"),
        (["--weights", "none.safetensors"], "none.safetensors"),
        (["INPUT.DATASET_MAPPER_NAME", "detr_panoptic"], "INPUT.DATASET_MAPPER_NAME"),
        (["DATASETS.TRAIN", "('folder:none.json:train',)"], "none.json"),
        (["SEED", "-1", "SOLVER.IMS_PER_BATCH", "3"], "ACCUMULATE"),
    ])
    func failures(arguments: [String], message: String) throws {
        let result = try TinyProject().train("run", arguments)
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: ") && result.errors.contains(message), "\(result.errors)")
    }

    @Test(
        arguments: [
            ("pem-train", []), ("pem-train", ["--config", "x.cfg", "--resum"]),
            ("pem-eval", ["--config", "x.cfg", "--format", "labels"]),
            ("pem-train", ["--config", "x.cfg", "--threads", "0"]),
            ("pem-train", ["--config", "x.cfg", "--threads", "two"]),
            ("pem-predict", ["--config", "x.cfg", "--weights", "w", "--output", "o"]),
            ("pem-predict", ["--config", "x.cfg", "--weights", "w", "a.png"]),
        ] as [(String, [String])])
    func wrongUsage(name: String, arguments: [String]) throws {
        let result = try Command.run(name, arguments)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("error: ") && result.errors.lowercased().contains("usage: \(name)"))
    }

    @Test(arguments: ["pem-train", "pem-eval", "pem-predict"])
    func helpTeaches(name: String) throws {
        let result = try Command.run(name, ["--help"])
        #expect(
            result.status == 0 && result.output.contains("EXAMPLES") && result.output.contains("--config"))
    }

    @Test func aTruncatedImageIsNamedAndCostsNothing() throws {
        let project = try TinyProject()
        let image = project.file("images/train/street3.png")
        let bytes = try #require(FileManager.default.contents(atPath: image))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: image))
        // Two batches of four see each of the five images.
        let result = try project.train("run")
        #expect(result.status == 1)
        #expect(result.errors.contains("street3.png"), "\(result.errors)")
        try bytes.write(to: URL(fileURLWithPath: image))
        #expect(try project.train("run", ["--resume"]).status == 0)
    }

    @Test func weightsOfAnotherNetworkAreListedByName() throws {
        let project = try TinyProject()
        #expect(try project.train("run", ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "[]"]).status == 0)
        let model = try SafetensorsFile(path: project.file("run/model_final.safetensors"))
        let renamed = ["backbone.stem.conv1.weight": "backbone.stem.conv.weight"]
        let reshaped = "sem_seg_head.predictor.class_embed.bias"
        try SafetensorsFile.write(
            try model.names.map { name in
                let values = try model.floats(named: name)
                if name == reshaped {
                    return SavedTensor(name: name, shape: [7]) { Array(repeating: 0, count: 7) }
                }
                return SavedTensor(name: renamed[name] ?? name, shape: model.shape(named: name) ?? []) {
                    values
                }
            }, to: project.file("other.safetensors"))
        let result = try Command.run(
            "pem-eval", project.options("scores") + ["--weights", project.file("other.safetensors")])
        #expect(result.status == 1)
        for text in [
            "backbone.stem.conv1.weight", "backbone.stem.conv.weight", "\(reshaped): expected [4], got [7]",
        ] { #expect(result.errors.contains(text), "\(result.errors)") }
        #expect(project.bytes("scores/results.json") == nil)
    }

    /// Mask embeddings so large that their products with features are infinite.
    @Test(arguments: ["tiny.cfg", "swin.cfg"])
    func aCostThatIsNotFiniteIsNamedAndSavesNothing(configuration: String) throws {
        let project = try TinyProject()
        let short = ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "[]"]
        let sound = try Command.run("pem-train", project.options("sound", configuration) + short)
        #expect(sound.status == 0, "\(sound.errors)")
        let model = try SafetensorsFile(path: project.file("sound/model_final.safetensors"))
        try SafetensorsFile.write(
            try model.names.map { name in
                let values = try model.floats(named: name)
                let isHuge = name == "sem_seg_head.predictor.mask_embed.layers.2.bias"
                return SavedTensor(name: name, shape: model.shape(named: name) ?? []) {
                    isHuge ? values.map { _ in 3e38 } : values
                }
            }, to: project.file("huge.safetensors"))
        let result = try Command.run(
            "pem-train",
            project.options("run", configuration) + short + ["--weights", project.file("huge.safetensors")])
        #expect(result.status == 1)
        let words =
            #/^error: iteration 0, learning rate .*/images/train/street[0-4]\.png: mask cost of the final output: /#
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(
            result.errors.contains("expected finite values, got ") && result.errors.contains(" at [0, 0, 0]; lower"))
        let saved = try FileManager.default.contentsOfDirectory(atPath: project.file("run"))
        #expect(!saved.contains { $0.hasSuffix(".safetensors") }, "\(saved)")
    }

    @Test func aLossThatIsNotFiniteSavesNothing() throws {
        let project = try TinyProject()
        let settings = [
            "SOLVER.BASE_LR", "1e6", "SOLVER.CLIP_GRADIENTS.ENABLED", "False", "SOLVER.CHECKPOINT_PERIOD",
            "1",
        ]
        let result = try project.train("run", settings)
        #expect(result.status == 1)
        #expect(
            result.errors.contains("finite") && result.errors.contains("learning rate"), "\(result.errors)")
        #expect(project.bytes("run/model_final.safetensors") == nil)
    }
}
