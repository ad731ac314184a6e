import Checkpoints
import Foundation
import Images
import TestSupport
import Testing

/// Train, evaluate, predict; stop and go on.
@Suite(.serialized) struct FlowTests {
    private let weights = ["model_final.safetensors", "state_final.safetensors"]

    @Test func trainEvaluatePredict() throws {
        let project = try TinyProject()
        let training = try project.train("run")
        #expect(training.status == 0, "\(training.errors)")
        for text in [
            "parameters: 0.", "training on 5 images of tiny_train", "iteration 8/8",
        ] {
            #expect(training.output.contains(text), "\(training.output)")
        }
        #expect(!training.output.contains("\u{1B}"))
        let iterations = try metrics(project, "run")
        #expect(iterations.compactMap { $0["iteration"] as? Int } == [0, 1, 2, 3, 3, 4, 5, 6, 7, 7])
        #expect(iterations.allSatisfy { ($0["total_loss"] ?? $0["sem_seg/mIoU"]) is Double })
        #expect(try SafetensorsFile(path: project.file("run/model_best.safetensors")).names.count > 100)

        // What was told, each line with its time.
        let log = String(decoding: try #require(project.bytes("run/log.txt")), as: UTF8.self)
        #expect(log.split(separator: "\n").map { $0.dropFirst(22) } == training.output.split(separator: "\n"))
        #expect(log.hasPrefix("[20"))

        let model = project.file("run/model_final.safetensors")
        let evaluation = try Command.run(
            "pem-eval",
            project.options("scores") + [
                "--weights", model, "--save-predictions", project.file("scores/labels"),
            ])
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        for text in ["ground", "sky", "box", "mIoU", "fwIoU", "mACC", "pACC"] {
            #expect(evaluation.output.contains(text))
        }
        let told = evaluation.output.split(separator: "\n").filter { $0.hasPrefix("evaluated ") }
        #expect(told.count == 1 && told[0].hasPrefix("evaluated 2/2 images  "), "\(evaluation.output)")
        let scores = try project.scores("scores")
        #expect(try scores == project.scores("run"))
        #expect(scores["sem_seg"]?["mIoU"] == iterations.last?["sem_seg/mIoU"] as? Double)

        let prediction = try Command.run(
            "pem-predict",
            project.options("pictures") + ["--weights", model, project.file("images/val/street1.png")])
        #expect(prediction.status == 0, "\(prediction.errors)")
        let labels = try ImageFile.readLabels(project.file("pictures/street1_labels.png"))
        #expect(labels == (try ImageFile.readLabels(project.file("scores/labels/street1.png"))))
        #expect(labels.width == 128 && labels.height == 64 && labels.values.allSatisfy { $0 < 3 })
        #expect(try ImageFile.readRGB(project.file("pictures/street1_overlay.png")).width == 128)
    }

    @Test func rawPredictions() throws {
        let project = try TinyProject()
        let settings = ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "[]"]
        #expect(try project.train("run", settings).status == 0)
        let images = ["street0", "street1"].map { project.file("images/val/\($0).png") }
        let options = [
            "--weights", project.file("run/model_final.safetensors"), "--raw",
            project.file("raw.safetensors"),
        ]
        // Smaller for the network, were it not for --raw.
        let result = try Command.run(
            "pem-predict", project.options("pictures") + options + [images[0], "INPUT.MIN_SIZE_TEST", "32"])
        #expect(result.status == 0, "\(result.errors)")
        let one = try SafetensorsFile(path: project.file("raw.safetensors"))
        #expect(one.names == ["pred_logits", "pred_masks"])
        #expect(
            one.shape(named: "pred_logits") == [1, 8, 4] && one.shape(named: "pred_masks") == [1, 8, 16, 32])
        #expect(try one.floats(named: "pred_masks").allSatisfy(\.isFinite))

        #expect(try Command.run("pem-predict", project.options("pictures") + options + images).status == 0)
        let two = try SafetensorsFile(path: project.file("raw.safetensors"))
        #expect(
            two.names
                == ["street0.pred_logits", "street0.pred_masks", "street1.pred_logits", "street1.pred_masks"])
        #expect(try two.floats(named: "street0.pred_masks") == one.floats(named: "pred_masks"))
    }

    /// Long enough that a signal arrives well before the end.
    private let longRun = ["SOLVER.MAX_ITER", "60", "TEST.EVAL_PERIOD", "20"]

    @Test func killedResumedOnFullDiskAndOnAnyThreads() throws {
        let project = try TinyProject()
        #expect(try project.train("whole", longRun + ["--threads", "2"]).status == 0)
        let killed = try Command.run(
            "pem-train", project.options("killed") + longRun + ["--threads", "1"], until: "model_0000005",
            signal: SIGKILL)
        #expect(killed.status == SIGKILL)
        #expect(project.bytes("killed/model_final.safetensors") == nil)

        let saved = try checkpoints(project, "killed")
        #expect(saved.count >= 4)
        let full = try project.train("killed", longRun + ["--resume"], shell: "ulimit -f 300")
        #expect(full.status == 1 && full.errors.hasPrefix("error: cannot write "), "\(full.errors)")
        #expect(try checkpoints(project, "killed") == saved)

        let resumed = try project.train("killed", longRun + ["--resume", "--threads", "1"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.output.contains("resuming after "))
        for name in weights {
            let bytes = try #require(project.bytes("whole/" + name))
            #expect(bytes == project.bytes("killed/" + name), "\(name)")
        }
        #expect(try losses(project, "whole") == losses(project, "killed"))
        #expect(project.bytes("whole/results.json") == project.bytes("killed/results.json"))
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalSavesAndSaysHowToGoOn(signal: Int32) throws {
        let project = try TinyProject()
        #expect(try project.train("whole", longRun).status == 0)
        let stopped = try Command.run(
            "pem-train", project.options("stopped") + longRun, until: "model_0000002", signal: signal)
        #expect(stopped.status == 128 + signal)
        #expect(stopped.output.contains("--resume"), "\(stopped.output)")
        #expect(try project.train("stopped", longRun + ["--resume"]).status == 0)
        for name in weights {
            #expect(project.bytes("whole/" + name) == project.bytes("stopped/" + name), "\(name)")
        }
    }

    @Test func aFinishedRunIsLeftAlone() throws {
        let project = try TinyProject()
        #expect(try project.train("run").status == 0)
        let before = try checkpoints(project, "run")
        let again = try project.train("run", ["--resume"])
        #expect(again.status == 0 && again.output.contains("this run is finished: 8 of 8 iterations"))
        let refused = try project.train("run")
        #expect(refused.status == 1 && refused.errors.contains("--resume continues that run"))
        #expect(try checkpoints(project, "run") == before)
        #expect(try metrics(project, "run").count == 10)
    }

    @Test func resumingWhereNothingIsStartsAnew() throws {
        let result = try TinyProject().train("run", ["--resume", "SOLVER.MAX_ITER", "1"])
        #expect(result.status == 0 && result.output.contains("starting from the beginning"))
    }

    /// Weights and states of an output folder.
    private func checkpoints(_ project: TinyProject, _ output: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: project.file(output))
        return Dictionary(
            uniqueKeysWithValues: names.filter { $0.hasSuffix(".safetensors") }.map { name in
                (name, project.bytes(output + "/" + name) ?? Data())
            })
    }

    private func metrics(_ project: TinyProject, _ output: String) throws -> [[String: Any]] {
        let text = String(decoding: try #require(project.bytes(output + "/metrics.jsonl")), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// Every loss and score of a run, without what a clock measured.
    private func losses(_ project: TinyProject, _ output: String) throws -> [[String: Double]] {
        try metrics(project, output).map { line in
            line.filter { $0.key.hasPrefix("loss_") || $0.key.hasPrefix("sem_seg/") || $0.key == "iteration" }
                .compactMapValues { $0 as? Double }
        }
    }
}
