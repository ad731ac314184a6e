import Foundation
import Images
import TestSupport
import Testing

/// Several data sets in DATASETS.TEST, and what results.json says beside the scores.
@Suite(.serialized) struct TestSetsTests {
    private static let settings = [
        "SOLVER.MAX_ITER", "60", "SOLVER.BACKBONE_MULTIPLIER", "1.0", "SOLVER.CHECKPOINT_PERIOD", "1000",
        "TEST.EVAL_PERIOD", "0",
    ]

    /// Two projects in one folder, a and b, whose test images have the same names and are others.
    private func project() throws -> TinyProject {
        let (project, other) = (try TinyProject(), try TinyProject())
        for folder in ["a", "b"] {
            try FileManager.default.createDirectory(atPath: project.file(folder), withIntermediateDirectories: true)
            for name in ["images", "labels", "tiny.json"] {
                try FileManager.default.copyItem(atPath: other.file(name), toPath: project.file("\(folder)/\(name)"))
            }
        }
        // The second set's labels say that everything is sky.
        for index in 0..<2 {
            let image = project.file("b/images/val/street\(index).png")
            try FileManager.default.removeItem(atPath: image)
            try FileManager.default.copyItem(atPath: other.file("images/val/street\(1 - index).png"), toPath: image)
            let path = project.file("b/labels/val/street\(index).png")
            let size = try ImageFile.readLabels(path).size
            try ImageFile.writePNG(labels: .init(size: size, fill: [1]), bits: 8, to: path)
        }
        return project
    }

    private func object(_ project: TinyProject, _ output: String) throws -> [String: [String: Any]] {
        let data = try #require(project.bytes(output + "/results.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    }

    @Test func eachSetIsScoredByItself() throws {
        let project = try project()
        let names = ["a", "b"].map { "folder:\(project.file($0))/tiny.json:val" }
        let both = ["DATASETS.TEST", "('\(names[0])', '\(names[1])')"]
        let training = try project.train("run", Self.settings + both)
        try #require(training.status == 0, "\(training.errors)")
        let weights = ["--weights", project.file("run/model_final.safetensors")]

        let evaluation = try Command.run(
            "pem-eval",
            project.options("scores") + weights + both + [
                "--save-predictions", project.file("p"), "--format", "labels",
            ])
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        let scores = try object(project, "scores")
        #expect(scores.keys.sorted() == (names + ["run"]).sorted())
        for name in names {
            #expect(evaluation.output.contains("\n== \(name)\n"), "\(evaluation.output)")
            let alone = try Command.run(
                "pem-eval", project.options("alone") + weights + ["DATASETS.TEST", "('\(name)',)"])
            try #require(alone.status == 0, "\(alone.errors)")
            let task = try #require(scores[name]?["sem_seg"] as? [String: Any])
            #expect(
                NSDictionary(dictionary: task)
                    == NSDictionary(dictionary: try object(project, "alone")["sem_seg"] ?? [:]))
        }
        let means = try names.map { try #require((scores[$0]?["sem_seg"] as? [String: Any])?["mIoU"] as? Double) }
        #expect(means[0] != means[1])
        // The same in training, and from the files.
        let trained = try object(project, "run")
        #expect(NSDictionary(dictionary: trained[names[1]] ?? [:]) == NSDictionary(dictionary: scores[names[1]] ?? [:]))
        let log = String(decoding: try #require(project.bytes("run/metrics.jsonl")), as: UTF8.self)
        #expect(log.contains("\(names[1])/sem_seg/mIoU"))
        let scored = try Command.run(
            "pem-eval", project.options("files") + both + ["--predictions", project.file("p"), "--format", "labels"])
        try #require(scored.status == 0, "\(scored.errors)")
        let files = try object(project, "files")
        for name in names {
            #expect(NSDictionary(dictionary: files[name] ?? [:]) == NSDictionary(dictionary: scores[name] ?? [:]))
        }
    }

    /// Weights with their digest, configuration, averaging and versions; the summary is the last that is said.
    @Test func resultsSayWhatTheyWereMadeWith() throws {
        let project = try TinyProject()
        let training = try project.train("run", ["SOLVER.MAX_ITER", "2", "TEST.EVAL_PERIOD", "0"])
        try #require(training.status == 0, "\(training.errors)")
        let model = project.file("run/model_final.safetensors")
        let views = ["TEST.AUG.ENABLED", "True", "TEST.AUG.MIN_SIZES", "[48, 64]"]
        let evaluation = try Command.run("pem-eval", project.options("scores") + ["--weights", model] + views)
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        let results = try object(project, "scores")
        #expect(results.keys.sorted() == ["run", "sem_seg_TTA"])
        let run = try #require(results["run"])
        let weights = try #require(run["weights"] as? [String: Any])
        #expect(weights["path"] as? String == model)
        let digest = try #require(weights["sha256"] as? String)
        #expect(digest.count == 64)
        let trained = try #require(try object(project, "run")["run"]?["weights"] as? [String: Any])
        #expect(trained["sha256"] as? String == digest && trained["iterations"] as? Int == 2)
        let augmentation = try #require(run["augmentation"] as? [String: Any])
        #expect(augmentation["min_sizes"] as? [Int] == [48, 64] && augmentation["flip"] as? Bool == true)
        #expect(run["slide"] is NSNull)
        let configuration = try #require(run["configuration"] as? [String: Any])
        #expect(configuration["INPUT.MIN_SIZE_TEST"] as? Int == 64)
        #expect(configuration["MODEL.SEM_SEG_HEAD.NAME"] as? String == "MaskFormerHead")
        let versions = try #require(run["versions"] as? [String: String])
        #expect(versions["openblas"]?.contains("OpenBLAS") == true && versions["pem"]?.hasPrefix("sha256:") == true)

        let last = try #require(evaluation.output.split(separator: "\n").last)
        #expect(last.hasPrefix("sem_seg_TTA: mIoU ") && last.contains("detectron2's rules"), "\(evaluation.output)")
    }
}
