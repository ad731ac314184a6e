import Foundation
import TestSupport
import Testing

/// `pem-eval --save-predictions`: the official formats, written by a briefly trained network.
@Suite(.serialized) struct SavedPredictionsTests {
    /// Scores from files are those of the network, to the last digit.
    @Test func filesScoreAsTheNetwork() throws {
        let scenes = try TrainedScenes()
        let network = try scenes.scores("scores")
        for format in TrainedScenes.formats {
            let arguments = ["--predictions", scenes.folder(format), "--format", format]
            let result = try Command.run("pem-eval", arguments + scenes.options("from-files"))
            try #require(result.status == 0, "\(result.errors)")
            let files = try scenes.scores("from-files")
            #expect(!files.isEmpty)
            for (task, scores) in files {
                #expect(scores == network[task], "\(format): \(task)")
                #expect(scores.values.contains { ($0 ?? 0) > 0 }, "\(task): nothing was found")
            }
        }
        try expectUsualFormats(scenes)
    }

    /// Without --format task and data set decide; what the configuration turns off is not written.
    private func expectUsualFormats(_ scenes: TrainedScenes) throws {
        let (panoptic, semantic) = ("coco-panoptic", ["MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "False"])
        for (format, settings) in [(panoptic, []), ("cityscapes", semantic)] {
            let folder = scenes.project.file("usual-" + format)
            let result = try Command.run(
                "pem-eval", scenes.options("usual") + scenes.weights + ["--save-predictions", folder] + settings)
            #expect(result.status == 0 && result.output.contains("predictions (\(format)): \(folder)"))
            #expect(try names(folder) == names(scenes.folder(format)))
        }
        let refused = try Command.run(
            "pem-eval",
            scenes.options("usual") + scenes.weights + ["--save-predictions", "x", "--format", panoptic] + semantic)
        #expect(refused.status == 1 && refused.errors.contains("MODEL.MASK_FORMER.TEST.PANOPTIC_ON"))
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }
}

/// Synthetic scenes, a network that has seen them for a moment, and what it predicts in every format.
private final class TrainedScenes {
    static let formats = ["cityscapes", "coco-panoptic", "labels"]
    let project: TinyProject
    private let settings: [String]
    let weights: [String]

    init() throws {
        project = try TinyProject()
        let data = project.file("data/cityscapes")
        let synth = try Command.run("pem-data", ["synth", "--output", data, "--images", "8", "--size", "128x256"])
        try #require(synth.status == 0, "\(synth.errors)")
        settings = [
            "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('cityscapes_fine_panoptic_train',)",
            "DATASETS.TEST", "('cityscapes_fine_panoptic_val',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "19",
            "INPUT.DATASET_MAPPER_NAME", "mask_former_panoptic", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True",
            "MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "20", "SOLVER.BASE_LR", "0.004",
            "SOLVER.BACKBONE_MULTIPLIER", "1.0", "SOLVER.MAX_ITER", "200", "SOLVER.CHECKPOINT_PERIOD", "1000",
            "TEST.EVAL_PERIOD", "0", "INPUT.COLOR_AUG_SSD", "False", "INPUT.MIN_SIZE_TRAIN", "[64]",
            "INPUT.CROP.ENABLED", "False", "INPUT.PAD_TO_CROP", "False",
        ]
        weights = ["--weights", project.file("run/model_final.safetensors")]
        let training = try project.train("run", settings)
        try #require(training.status == 0, "\(training.errors)")
        let formats = Self.formats.flatMap { ["--format", $0] }
        let evaluation = try Command.run(
            "pem-eval", options("scores") + weights + ["--save-predictions", project.file("predictions")] + formats)
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        try #require(project.bytes("scores/results.json") == project.bytes("run/results.json"))
    }

    /// The predictions of one format.
    func folder(_ format: String) -> String { project.file("predictions/" + format) }

    /// Options of an evaluation into the output folder of this name.
    func options(_ output: String) -> [String] { project.options(output) + settings }

    /// results.json of an output folder.
    func scores(_ output: String) throws -> [String: [String: Double?]] {
        let data = try #require(project.bytes(output + "/results.json"))
        return try JSONDecoder().decode([String: [String: Double?]].self, from: data)
    }
}
