import Foundation
import TestSupport
import Testing

/// `pem-eval --save-predictions`: the official formats, written by a briefly trained network.
@Suite(.serialized) struct SavedPredictionsTests {
    /// Scores from files are those of the network, to the last digit.
    @Test func filesScoreAsTheNetwork() throws {
        let scenes = try TrainedScenes()
        let network = try scenes.scores("scores")
        #expect(network.keys.sorted() == ["cityscapes", "panoptic_seg", "segm", "sem_seg"])
        for format in ["cityscapes", "coco-panoptic", "labels"] {
            let arguments = ["--predictions", scenes.folder(format), "--format", format]
            let result = try Command.run("pem-eval", arguments + scenes.options("from-files"))
            try #require(result.status == 0, "\(result.errors)")
            let files = try scenes.scores("from-files")
            #expect(!files.isEmpty)
            for (task, scores) in files {
                // Label ids give the means by detectron2's names alone.
                let all = try #require(network[task])
                #expect(scores == all.filter { scores[$0.key] != nil }, "\(format): \(task)")
                #expect(scores.values.contains { ($0 ?? 0) > 0 }, "\(task): nothing was found")
            }
        }
        try expectUsualFormats(scenes)
        try expectTheSameWithoutTruth(scenes)
    }

    /// Without --format task and data set decide; what the configuration turns off is not written.
    private func expectUsualFormats(_ scenes: TrainedScenes) throws {
        let (panoptic, test) = ("coco-panoptic", "MODEL.MASK_FORMER.TEST.")
        let semantic = [test + "PANOPTIC_ON", "False", test + "INSTANCE_ON", "False"]
        for (format, settings) in [(panoptic, []), ("cityscapes", semantic)] {
            let folder = scenes.project.file("usual-" + format)
            let result = try Command.run(
                "pem-eval", scenes.options("usual") + scenes.weights + ["--save-predictions", folder] + settings)
            #expect(result.status == 0 && result.output.contains("predictions (\(format)): \(folder)"))
            let pictures = try names(scenes.folder(format)).filter { !$0.contains(".txt") && !$0.contains("masks/") }
            #expect(try names(folder) == pictures)
        }
        let refused = try Command.run(
            "pem-eval",
            scenes.options("usual") + scenes.weights + ["--save-predictions", "x", "--format", panoptic] + semantic)
        #expect(refused.status == 1 && refused.errors.contains(test + "PANOPTIC_ON"), "\(refused.errors)")
    }

    /// `pem-predict --format` writes the same files of the pictures alone, for which no truth is there.
    private func expectTheSameWithoutTruth(_ scenes: TrainedScenes) throws {
        let alone = scenes.project.file("alone")
        try FileManager.default.copyItem(
            atPath: scenes.project.file("data/cityscapes/leftImg8bit/train"), toPath: alone)
        let prediction = try Command.run(
            "pem-predict",
            scenes.options("submission") + scenes.weights + scenes.formats + [alone, "DATASETS.ROOT", "nowhere"]
                + ["--image-list", scenes.project.file("data/cityscapes/gtFine/cityscapes_panoptic_train.json")])
        try #require(prediction.status == 0, "\(prediction.errors)")
        let (saved, submitted) = (scenes.project.file("predictions"), scenes.project.file("submission"))
        func written(_ folder: String) throws -> [String] {
            try names(folder).filter { !$0.hasSuffix(".pem-files") }
        }
        let files = try written(saved)
        #expect(try files.count > 10 && written(submitted) == files)
        for file in files where scenes.project.bytes("predictions/" + file) != nil {
            #expect(
                scenes.project.bytes("submission/" + file) == scenes.project.bytes("predictions/" + file), "\(file)")
        }
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    /// The official scorers give the files the scores that the network got here.
    @Test(
        .enabled(
            if: Python.has("numpy, PIL, pycocotools, cityscapesscripts"),
            "\(Python.path) (PEM_PYTHON) lacks numpy, pillow, pycocotools or cityscapesscripts"))
    func officialScorersAgree() throws {
        let scenes = try TrainedScenes()
        let prediction = try Command.run(
            "pem-predict",
            scenes.options("submission") + scenes.weights + scenes.formats
                + [scenes.project.file("data/cityscapes/leftImg8bit/train")])
        try #require(prediction.status == 0, "\(prediction.errors)")
        for dumps in ["predictions", "submission"] {
            let agreement = try Python.run(
                script: "agreement.py",
                [
                    "--pem-eval", try Command.path(of: "pem-eval"), "--dumps", scenes.project.file(dumps),
                    "--results", scenes.project.file("scores/results.json"), "--cityscapes",
                    scenes.project.file("data/cityscapes"), "--split", "train",
                ])
            #expect(agreement.status == 0, "\(agreement.output)")
            for name in ["panoptic_seg", "sem_seg", "cityscapes cityscapes", "cityscapes segm", "coco-instances segm"] {
                #expect(agreement.output.contains("\(name): "), "\(dumps): \(agreement.output)")
            }
        }
    }
}

/// Synthetic scenes, a network that knows two of them by heart, and what it predicts in every format.
private final class TrainedScenes {
    let project: TinyProject
    let weights: [String]
    /// All of them.
    let formats = ["cityscapes", "coco-panoptic", "coco-instances", "labels"].flatMap { ["--format", $0] }
    private let settings: [String]

    init() throws {
        project = try TinyProject()
        let data = project.file("data/cityscapes")
        let synth = try Command.run("pem-data", ["synth", "--output", data, "--images", "3", "--size", "128x256"])
        try #require(synth.status == 0, "\(synth.errors)")
        settings = [
            "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('cityscapes_fine_panoptic_train',)",
            "DATASETS.TEST", "('cityscapes_fine_panoptic_train',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "19",
            "INPUT.DATASET_MAPPER_NAME", "mask_former_panoptic", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True",
            "MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True", "MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "20",
            "SOLVER.BASE_LR", "0.004", "SOLVER.BACKBONE_MULTIPLIER", "1.0", "SOLVER.MAX_ITER", "250",
            "SOLVER.IMS_PER_BATCH", "2", "SOLVER.ACCUMULATE", "1", "SOLVER.CHECKPOINT_PERIOD", "1000",
            "TEST.EVAL_PERIOD", "0", "INPUT.COLOR_AUG_SSD", "False", "INPUT.MIN_SIZE_TRAIN", "[64]",
            "INPUT.RANDOM_FLIP", "none", "INPUT.CROP.ENABLED", "False", "INPUT.PAD_TO_CROP", "False",
        ]
        weights = ["--weights", project.file("run/model_final.safetensors")]
        let training = try project.train("run", settings)
        try #require(training.status == 0, "\(training.errors)")
        let evaluation = try Command.run(
            "pem-eval", options("scores") + weights + ["--save-predictions", project.file("predictions")] + formats)
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        try #require(try project.scores("scores") == project.scores("run"))
    }

    /// The predictions of one format.
    func folder(_ format: String) -> String { project.file("predictions/" + format) }

    /// Options of an evaluation into the output folder of this name.
    func options(_ output: String) -> [String] { project.options(output) + settings }

    /// The scores of an output folder.
    func scores(_ output: String) throws -> [String: [String: Double?]] { try project.scores(output) }
}
