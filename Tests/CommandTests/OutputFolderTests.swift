import Annotations
import Checkpoints
import Foundation
import Images
import TestSupport
import Testing

/// What commands replace, what they leave, and who may write where.
@Suite(.serialized) struct OutputFolderTests {
    private let project: TinyProject
    private let short = ["SOLVER.MAX_ITER", "1", "TEST.EVAL_PERIOD", "0", "DATASETS.TEST", "()"]
    private var model: [String] { ["--weights", project.file("run/model_final.safetensors")] }

    init() throws { project = try TinyProject() }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: project.file(folder)).sorted()
    }

    /// The scores of each data set, without the record of the run.
    private func scores(_ output: String) throws -> NSDictionary {
        let data = try #require(project.bytes(output + "/results.json"))
        var sets = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(sets.removeValue(forKey: "run") != nil)
        return sets as NSDictionary
    }

    private func copy(_ name: String, _ to: String) throws {
        let target = project.file(to)
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: project.file(name), toPath: target)
    }

    private func expectRefused(_ result: Command.Result, _ name: String) {
        #expect(result.status == 1 && result.errors.hasPrefix("error: \(project.file(name)) "), "\(result.errors)")
        #expect(result.errors.contains("--overwrite"), "\(result.errors)")
    }

    /// A second writer is refused while the first lives, and named; evaluations have a folder of their own. Killed, the
    /// first leaves no lock.
    @Test func twoRunsInOneFolder() throws {
        let long = ["SOLVER.MAX_ITER", "40", "TEST.EVAL_PERIOD", "0"]
        var second, into: Command.Result?
        var evaluation: Command.Result?
        let first = try Command.run(
            "pem-train", project.options("run") + long, until: "model_0000005", signal: SIGKILL
        ) {
            second = try project.train("run", long + ["--resume"])
            let weights = ["--weights", project.file("run/model_0000005.safetensors")]
            into = try Command.run("pem-eval", project.options("run") + weights)
            evaluation = try Command.run(
                "pem-eval", ["--config", project.file("tiny.cfg")] + weights + ["OUTPUT_DIR", project.file("run")])
        }
        #expect(first.status == SIGKILL)
        for refused in [second, into] {
            let errors = try #require(refused).errors
            #expect(refused?.status == 1 && errors.contains("run is in use by process "), "\(errors)")
            #expect(errors.contains("(pem-train on "), "\(errors)")
        }
        #expect(evaluation?.status == 0, "\(evaluation?.errors ?? "")")
        #expect(project.bytes("run/eval_model_0000005/results.json") != nil)

        let resumed = try project.train("run", long + ["--resume"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        let lines = String(decoding: try #require(project.bytes("run/metrics.jsonl")), as: UTF8.self)
        #expect(lines.split(separator: "\n").count == 41)
        #expect(try !names("run").contains { $0.contains("lock") || $0.contains("partial") })
    }

    /// Averaged scores and those of files have folders of their own too.
    @Test func foldersOfEvaluations() throws {
        #expect(try project.train("run", ["SOLVER.MAX_ITER", "1"]).status == 0)
        let run = ["--config", project.file("tiny.cfg"), "OUTPUT_DIR", project.file("run")]
        let before = project.bytes("run/results.json")
        for (settings, folder) in [
            ([], "eval_model_final"),
            (["TEST.AUG.ENABLED", "True", "TEST.AUG.MIN_SIZES", "[64]"], "eval_model_final_TTA"),
            (
                ["TEST.SLIDE.ENABLED", "True", "TEST.SLIDE.WINDOW", "[64, 64]", "TEST.SLIDE.STRIDE", "[48, 48]"],
                "eval_model_final_slide"
            ),
        ] {
            // Twice: the results of the same evaluation are replaced.
            for _ in 0..<2 {
                let result = try Command.run(
                    "pem-eval", run + model + settings + ["--save-predictions", project.file("labels")])
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.contains("results: \(project.file("run/\(folder)/results.json"))"))
            }
        }
        let scored = try Command.run(
            "pem-eval", run + ["--predictions", project.file("labels"), "--format", "labels"])
        #expect(scored.status == 0 && project.bytes("run/eval_predictions/results.json") != nil, "\(scored.errors)")
        #expect(project.bytes("run/results.json") == before)
    }

    /// Labels beside their pictures, under the name that predictions have.
    @Test func predictionsDoNotReplaceOthersFiles() throws {
        #expect(try project.train("run", short).status == 0)
        for index in 0..<2 { try copy("images/val/street\(index).png", "p/street\(index).png") }
        try copy("labels/val/street1.png", "p/street1_labels.png")
        let truth = project.bytes("p/street1_labels.png")
        func predict(_ more: String...) throws -> Command.Result {
            let pictures = [project.file("p/street0.png"), project.file("p/street1.png")]
            return try Command.run("pem-predict", project.options("p") + model + pictures + more)
        }
        expectRefused(try predict(), "p/street1_labels.png")
        #expect(project.bytes("p/street1_labels.png") == truth)
        #expect(try names("p") == ["street0.png", "street1.png", "street1_labels.png"])
        let replaced = try predict("--overwrite")
        #expect(replaced.status == 0, "\(replaced.errors)")
        let predicted = try #require(project.bytes("p/street1_labels.png"))
        #expect(predicted != truth)
        // Its own results it replaces, but not once somebody has corrected them.
        #expect(try predict().status == 0 && project.bytes("p/street1_labels.png") == predicted)
        try truth?.write(to: URL(fileURLWithPath: project.file("p/street1_labels.png")))
        expectRefused(try predict(), "p/street1_labels.png")
        #expect(project.bytes("p/street1_labels.png") == truth)
    }

    /// Two data sets, of one name even, and subfolders with equal names: as many files as images, and their scores are
    /// the network's.
    @Test func savedPredictionsKeepSetsAndSubfoldersApart() throws {
        #expect(try project.train("run", ["SOLVER.MAX_ITER", "30", "TEST.EVAL_PERIOD", "0"]).status == 0)
        for (kind, split) in [("images", "val"), ("labels", "val"), ("images", "train"), ("labels", "train")] {
            try copy("\(kind)/\(split)/street0.png", "b/\(kind)/\(split == "val" ? "x" : "y")/street.png")
            try copy("\(kind)/\(split)/street1.png", "b/\(kind)/\(split == "val" ? "x_street" : "z").png")
        }
        let description = try #require(project.bytes("tiny.json"))
        try String(decoding: description, as: UTF8.self).replacingOccurrences(of: "/val", with: "")
            .write(toFile: project.file("b/tiny.json"), atomically: true, encoding: .utf8)
        let sets = [
            "DATASETS.TEST", "('folder:\(project.file("tiny.json")):val', 'folder:\(project.file("b/tiny.json")):val')",
        ]
        let saved = project.file("saved")
        let network = try Command.run(
            "pem-eval", project.options("e1") + model + ["--save-predictions", saved, "--format", "labels"] + sets)
        #expect(network.status == 0, "\(network.errors)")
        #expect(
            try names("saved").filter { $0.hasSuffix(".png") } == [
                "tiny_val/street0.png", "tiny_val/street1.png", "tiny_val_2/x/street.png", "tiny_val_2/x_street.png",
                "tiny_val_2/y/street.png", "tiny_val_2/z.png",
            ])
        let files = try Command.run(
            "pem-eval", project.options("e2") + ["--predictions", saved, "--format", "labels"] + sets)
        #expect(files.status == 0, "\(files.errors)")
        let (own, read) = (try scores("e1"), try scores("e2"))
        #expect(own.count == 2 && own == read)

        // A label corrected by hand is somebody's own.
        try copy("b/labels/z.png", "corrected.png")
        let target = project.file("saved/tiny_val_2/z.png")
        try #require(project.bytes("corrected.png")).write(to: URL(fileURLWithPath: target))
        expectRefused(
            try Command.run(
                "pem-eval", project.options("e1") + model + ["--save-predictions", saved, "--format", "labels"] + sets),
            "saved/tiny_val_2/z.png")
    }

    /// 243 bytes and an ending of 11 fill what a file system takes.
    @Test(arguments: [230, 243])
    func longFileNames(bytes: Int) throws {
        #expect(try project.train("run", short).status == 0)
        let name = String(repeating: "街", count: 70) + String(repeating: "a", count: bytes - 210)
        try copy("images/val/street0.png", "long/\(name).png")
        let result = try Command.run(
            "pem-predict", project.options("pictures") + model + [project.file("long/\(name).png")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try names("pictures") == [".pem-files", "\(name)_labels.png", "\(name)_overlay.png"])
    }

    /// Files of others in the folder of a new training.
    @Test(arguments: ["config.yaml", "results.json", "metrics.jsonl", "log.txt"])
    func trainingRefusesAFolderWithOthersFiles(name: String) throws {
        try copy("tiny.json", "run/" + name)
        expectRefused(try project.train("run", short), "run/" + name)
        #expect(try names("run") == [name] && project.bytes("run/" + name) == project.bytes("tiny.json"))
        #expect(try project.train("run", short + ["--overwrite"]).status == 0)
        let refused = try project.train("run", short + ["--overwrite"])
        #expect(refused.status == 1 && refused.errors.contains("--resume continues that run"), "\(refused.errors)")
    }

    /// A run that ended before its first checkpoint, and one of a version that kept no list.
    @Test func ownFilesOfATrainingAreReplaced() throws {
        let stopped = try Command.run(
            "pem-train",
            project.options("run") + [
                "SOLVER.CHECKPOINT_PERIOD", "100", "SOLVER.MAX_ITER", "90", "TEST.EVAL_PERIOD", "0",
            ],
            until: "iteration 20/90", signal: SIGKILL)
        #expect(stopped.status == SIGKILL)
        #expect(try names("run").contains("config.yaml"))
        #expect(try project.train("run", ["SOLVER.MAX_ITER", "2"]).status == 0)
        try FileManager.default.removeItem(atPath: project.file("run/.pem-files"))
        let resumed = try project.train("run", ["SOLVER.MAX_ITER", "4", "--resume"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        try "MODEL: {}\n".write(toFile: project.file("run/config.yaml"), atomically: true, encoding: .utf8)
        expectRefused(try project.train("run", ["SOLVER.MAX_ITER", "6", "--resume"]), "run/config.yaml")
    }

    @Test func conversionsDoNotReplaceOthersFiles() throws {
        #expect(try project.train("run", short).status == 0)
        let weights = project.file("run/model_final.safetensors")
        for target in ["out.pth", "out.safetensors", "run/model_0000000.safetensors"] {
            func convert(_ more: String...) throws -> Command.Result {
                try Command.run("pem-convert", [weights, project.file(target)] + more)
            }
            for _ in 0..<2 where !target.hasPrefix("run/") { #expect(try convert().status == 0) }
            let own = Data("my own".utf8)
            try own.write(to: URL(fileURLWithPath: project.file(target)))
            expectRefused(try convert(), target)
            #expect(project.bytes(target) == own)
            #expect(try convert("--overwrite").status == 0 && project.bytes(target) != own)
        }
        let itself = try Command.run("pem-convert", [weights, weights])
        expectRefused(itself, "run/model_final.safetensors")
    }

    @Test func scenesDoNotReplaceOthersFiles() throws {
        func synth(_ more: String...) throws -> Command.Result {
            let output = ["--output", project.file("data/cityscapes")]
            return try Command.run("pem-data", ["synth", "--images", "2", "--size", "32x64"] + output + more)
        }
        let list = "data/cityscapes/gtFine/cityscapes_panoptic_val.json"
        for _ in 0..<2 { #expect(try synth().status == 0) }
        let before = try #require(project.bytes(list))
        func prepare(_ more: String...) throws -> Command.Result {
            try Command.run("pem-data", ["prepare", "cityscapes", "--root", project.file("data")] + more)
        }
        #expect(try prepare().status == 0 && project.bytes(list) == before)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: project.file(list)))
        for result in [try synth(), try prepare()] {
            #expect(result.status == 1 && result.errors.contains(project.file(list)), "\(result.errors)")
            #expect(result.errors.contains("--overwrite"), "\(result.errors)")
        }
        #expect(project.bytes(list) == Data("{}".utf8))
        #expect(try prepare("--overwrite").status == 0 && project.bytes(list) == before)
    }

    /// Files may not grow beyond what a checkpoint takes, as on a full disk.
    @Test func aFullDiskWithinARunIsTold() throws {
        let settings = ["SOLVER.MAX_ITER", "8", "SOLVER.CHECKPOINT_PERIOD", "2", "TEST.EVAL_PERIOD", "0"]
        let full = try project.train("run", settings, shell: "ulimit -f 300")
        #expect(full.status == 1 && full.errors.hasPrefix("error: cannot write "), "\(full.errors)")
        let told = full.output.split(separator: "\n").filter { $0.hasPrefix("warning: cannot write ") }
        #expect(told.count == 3 && told.allSatisfy { $0.contains("tries again") }, "\(full.output)")
        #expect(try !names("run").contains { $0.contains("safetensors") || $0.contains("partial") })
        #expect(try project.train("run", settings).status == 0)
    }
}
