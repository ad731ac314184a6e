import Foundation
import Images
import TestSupport
import Testing

/// Images that cannot be read: left out of predictions, named before a training or an evaluation begins.
@Suite(.serialized) struct BrokenPicturesTests {
    private static let page = "<!DOCTYPE html><title>404</title>"

    /// A file as failed downloads leave it.
    private func breakFile(_ project: TinyProject, _ name: String) throws {
        try Data(Self.page.utf8).write(to: URL(fileURLWithPath: project.file(name)))
    }

    /// A file whose header is whole and whose pixels are not.
    private func cutFile(_ project: TinyProject, _ name: String) throws {
        let bytes = try #require(project.bytes(name))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: project.file(name)))
    }

    /// A project with weights.
    private func trained() throws -> TinyProject {
        let project = try TinyProject()
        let result = try project.train("net", ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "()"])
        try #require(result.status == 0, "\(result.errors)")
        return project
    }

    private func predict(_ project: TinyProject, _ names: [String], _ more: [String] = []) throws -> Command.Result {
        try Command.run(
            "pem-predict",
            project.options("pictures") + ["--weights", project.file("net/model_final.safetensors")]
                + names.map(project.file) + more)
    }

    @Test func predictionGoesOnAndNamesThemAtTheEnd() throws {
        let project = try trained()
        try breakFile(project, "images/train/street1.png")
        try cutFile(project, "images/train/street3.png")
        let names = (0..<5).map { "images/train/street\($0).png" } + ["nowhere.png"]
        let result = try predict(project, names, ["--raw", project.file("raw.safetensors")])
        #expect(result.status == 1)
        for index in [0, 2, 4] { #expect(project.bytes("pictures/street\(index)_labels.png") != nil) }
        for index in [1, 3] { #expect(project.bytes("pictures/street\(index)_labels.png") == nil) }
        #expect(project.bytes("raw.safetensors") != nil)
        let lines = result.errors.split(separator: "\n").map(String.init)
        #expect(lines.count == 4 && lines[0] == "error: left out 3 of 6 pictures:", "\(result.errors)")
        for (line, text) in zip(
            lines.dropFirst(), ["street1.png: is neither", "street3.png: is damaged", "nowhere.png"])
        {
            #expect(line.contains(text), "\(result.errors)")
        }
        // What the headers show is told before the first picture.
        let output = result.output
        let early = try #require(output.range(of: "left out: \(project.file("images/train/street1.png"))"))
        let first = try #require(output.range(of: "street0_labels.png"))
        #expect(early.lowerBound < first.lowerBound, "\(output)")
    }

    @Test func aSinglePictureIsAPlainError() throws {
        let project = try trained()
        try breakFile(project, "images/train/street1.png")
        let result = try predict(project, ["images/train/street1.png"])
        #expect(result.status == 1)
        #expect(
            result.errors.hasPrefix("error: \(project.file("images/train/street1.png")): is neither PNG nor JPEG"),
            "\(result.errors)")
        #expect(project.bytes("pictures/street1_labels.png") == nil)
    }

    /// Training and evaluation begin with the headers of all files, and name each that fails.
    @Test func everyBrokenFileIsNamedBeforeTheFirstStep() throws {
        let project = try trained()
        let broken = ["images/train/street1.png", "labels/train/street2.png", "images/val/street0.png"]
        for name in broken { try breakFile(project, name) }
        let training = try project.train("run", ["SOLVER.MAX_ITER", "1"])
        #expect(training.status == 1 && training.errors.hasPrefix("error: 3 files cannot be read:"))
        for name in broken { #expect(training.errors.contains(project.file(name)), "\(training.errors)") }
        #expect(project.bytes("run/metrics.jsonl") == nil)

        let weights = ["--weights", project.file("net/model_final.safetensors")]
        let evaluation = try Command.run("pem-eval", project.options("scores") + weights)
        #expect(evaluation.status == 1 && evaluation.errors.contains(project.file(broken[2])), "\(evaluation.errors)")
        #expect(project.bytes("scores/results.json") == nil)
    }

    /// A broken image of the validation set that only its pixels show costs no step.
    @Test func aLaterFailureEndsTheRunAfterSaving() throws {
        let project = try TinyProject()
        try cutFile(project, "images/val/street1.png")
        let result = try project.train("run", ["SOLVER.MAX_ITER", "2", "SOLVER.CHECKPOINT_PERIOD", "100"])
        #expect(result.status == 1 && result.errors.contains("images/val/street1.png: is damaged"), "\(result.errors)")
        #expect(project.bytes("run/model_final.safetensors") != nil)
        let whole = try TinyProject()
        try FileManager.default.removeItem(atPath: project.file("images/val/street1.png"))
        try FileManager.default.copyItem(
            atPath: whole.file("images/val/street1.png"), toPath: project.file("images/val/street1.png"))
        #expect(try project.train("run", ["SOLVER.MAX_ITER", "2", "--resume"]).status == 0)
    }
}
