import Foundation
import Images
import TestSupport
import Testing

/// TEST.AUG and TEST.SLIDE: class scores averaged over views and windows.
@Suite(.serialized) struct AveragedInferenceTests {
    private static let augmentation = ["TEST.AUG.ENABLED", "True"]
    private static let slide = ["TEST.SLIDE.ENABLED", "True"]
    /// As the network gets the pictures without: 64×128 of 64×128.
    private static let oneView = augmentation + ["TEST.AUG.MIN_SIZES", "[64]", "TEST.AUG.FLIP", "False"]
    private static let oneWindow = slide + ["TEST.SLIDE.WINDOW", "[512, 512]", "TEST.SLIDE.STRIDE", "[100, 100]"]

    /// A network that sees more than one class.
    private func trained() throws -> TinyProject {
        let project = try TinyProject()
        let settings = [
            "SOLVER.MAX_ITER", "60", "SOLVER.BACKBONE_MULTIPLIER", "1.0", "SOLVER.CHECKPOINT_PERIOD", "1000",
            "TEST.EVAL_PERIOD", "0",
        ]
        try #require(try project.train("run", settings).status == 0)
        return project
    }

    /// A single view, and a window larger than the image, give what plain inference gives; more do not.
    @Test func oneViewOrWindowIsPlain() throws {
        let project = try trained()
        // Resized for the network, and back.
        let size = ["INPUT.MIN_SIZE_TEST", "48"]
        let plain = try evaluated(project, size)
        let view = ["TEST.AUG.MIN_SIZES", "[48]"]
        for settings in [Self.oneView + view, Self.oneWindow, Self.oneView + view + Self.oneWindow] {
            #expect(try evaluated(project, size + settings) == plain, "\(settings)")
        }
        let views = Self.augmentation + ["TEST.AUG.MIN_SIZES", "[32, 64]"]
        let windows = Self.slide + ["TEST.SLIDE.WINDOW", "[32, 64]", "TEST.SLIDE.STRIDE", "[32, 40]"]
        for settings in [views, windows, views + windows] {
            #expect(try evaluated(project, size + settings) != plain, "\(settings)")
        }
        let picture = project.file("images/val/street1.png")
        let options = ["--weights", project.file("run/model_final.safetensors"), picture]
        let result = try Command.run("pem-predict", project.options("pictures") + options + size + views)
        #expect(result.status == 0, "\(result.errors)")
        _ = try evaluated(project, size + views)
        let labels = try ImageFile.readLabels(project.file("pictures/street1_labels.png"))
        #expect(labels == (try ImageFile.readLabels(project.file("labels/street1.png"))))
    }

    /// The official rules on the network's own logits (Tools/reference/averaging.py).
    @Test(.enabled(if: Python.has("numpy, PIL"), "\(Python.path) (PEM_PYTHON) lacks numpy or pillow"))
    func scoresAreAveragedAsTheOfficialCodeDoes() throws {
        let project = try trained()
        let result = try Python.run(
            script: "averaging.py",
            [
                "--pem-predict", try Command.path(of: "pem-predict"), "--config", project.file("tiny.cfg"),
                "--weights", project.file("run/model_final.safetensors"), "--image",
                project.file("images/val/street1.png"), "--min-size", "80", "--max-size", "256", "--sizes", "48",
                "96", "--window", "64", "96", "--stride", "48", "40",
            ])
        #expect(result.status == 0, "\(result.output)")
        for name in ["plain", "augmented", "slid", "both"] {
            #expect(result.output.contains("\(name): 2 classes") || result.output.contains("\(name): 3 classes"))
        }
    }

    /// What cannot be averaged, and windows that leave gaps.
    @Test(arguments: [
        (augmentation + ["MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True"], "TEST.AUG.ENABLED"),
        (slide + ["MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True"], "TEST.SLIDE.ENABLED"),
        (slide + ["TEST.SLIDE.STRIDE", "[768, 1025]"], "TEST.SLIDE.STRIDE"),
        (["TEST.SLIDE.WINDOW", "[0, 8]"], "TEST.SLIDE.WINDOW"), (["TEST.AUG.MIN_SIZES", "[]"], "TEST.AUG.MIN_SIZES"),
    ])
    func whatCannotBeAveragedIsNamed(settings: [String], key: String) throws {
        let project = try TinyProject()
        let result = try Command.run("pem-eval", project.options("scores") + ["--weights", "none"] + settings)
        #expect(result.status == 1 && result.errors.hasPrefix("error: "), "\(result.errors)")
        #expect(result.errors.contains(key), "\(result.errors)")
    }

    /// What an evaluation gave: the scores, and the label maps of the validation images.
    private struct Evaluated: Equatable {
        let scores: [String: Double?]?
        let labels: [Data?]
    }

    private func evaluated(_ project: TinyProject, _ settings: [String]) throws -> Evaluated {
        let options = ["--weights", project.file("run/model_final.safetensors"), "--save-predictions"]
        let result = try Command.run(
            "pem-eval", project.options("scores") + options + [project.file("labels")] + settings)
        try #require(result.status == 0, "\(result.errors)")
        let tasks = try project.scores("scores")
        // Averaged over views they have a name of their own, as in detectron2.
        let name = settings.contains("TEST.AUG.ENABLED") ? "sem_seg_TTA" : "sem_seg"
        #expect(Array(tasks.keys) == [name])
        return Evaluated(
            scores: tasks[name], labels: ["labels/street0.png", "labels/street1.png"].map { project.bytes($0) })
    }
}
