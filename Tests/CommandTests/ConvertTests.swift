import Checkpoints
import Foundation
import TestSupport
import Testing

/// pem-convert: there and back, --inspect, and what is wrong said in one message.
@Suite(.serialized) struct ConvertTests {
    /// The weights of a network trained for a step.
    private static let trained: Data? = {
        guard let project = try? TinyProject(),
            let result = try? project.train("run", ["SOLVER.MAX_ITER", "1"]), result.status == 0
        else { return nil }
        return project.bytes("run/model_final.safetensors")
    }()

    private let project: TinyProject
    private var model: String { project.file("model.safetensors") }
    private var config: String { project.file("tiny.cfg") }

    init() throws {
        project = try TinyProject()
        try #require(Self.trained, "pem-train failed").write(to: URL(fileURLWithPath: model))
    }

    private func convert(_ arguments: String...) throws -> Command.Result { try Command.run("pem-convert", arguments) }

    /// A configuration on top of the tiny one.
    private func variant(_ name: String, _ setting: String) throws -> String {
        try "_BASE_: tiny.cfg\nMODEL: {\(setting)}\n"
            .write(toFile: project.file(name), atomically: true, encoding: .utf8)
        return project.file(name)
    }

    private func expectSame(_ path: String, _ other: String) throws {
        let (one, two) = (try SafetensorsFile(path: path), try SafetensorsFile(path: other))
        #expect(one.names == two.names)
        for name in one.names {
            #expect(one.shape(named: name) == two.shape(named: name))
            #expect(
                try one.floats(named: name).map(\.bitPattern) == two.floats(named: name).map(\.bitPattern), "\(name)")
        }
    }

    @Test func thereAndBack() throws {
        let (torch, back) = (project.file("ours.pth"), project.file("back.safetensors"))
        let there = try convert(model, torch, "--for", config)
        let count = try SafetensorsFile(path: model).names.count
        #expect(there.status == 0 && there.output.contains("\(count) of \(count) tensors of \(config) matched"))
        #expect(there.output.contains("\(torch): \(count) tensors"), "\(there.output)\(there.errors)")
        #expect(!there.output.contains("  from "))
        #expect(!there.output.contains("missing") && !there.output.contains("another shape"))
        #expect(try convert(torch, back).status == 0)
        try expectSame(model, back)
        // What was converted is as good as what was trained.
        let again = project.file("again.pth")
        let listed = try convert(back, again, "--for", config, "--matched").output.split(separator: "\n")
        #expect(listed.count { $0.contains("  from ") } == count)
        #expect(listed.contains("  backbone.stem.conv1.weight  from backbone.stem.conv1.weight"))
        #expect(project.bytes("ours.pth") == project.bytes("again.pth"))
    }

    @Test func classWeightsOfTheConfiguration() throws {
        let other = try variant("weight.cfg", "MASK_FORMER: {NO_OBJECT_WEIGHT: 0.3}")
        let path = project.file("weights.pth")
        for (arguments, last) in [(["--for", other], Float(0.3)), (["--for", config], 0.1), ([], 0.1)] {
            #expect(try Command.run("pem-convert", [model, path] + arguments).status == 0)
            let archive = try WeightArchive.open(path: path)
            #expect(try archive.floats(named: "criterion.empty_weight") == [1, 1, 1, last])
        }
    }

    @Test func anotherNumberOfClassesIsListed() throws {
        let other = try variant("classes.cfg", "SEM_SEG_HEAD: {NUM_CLASSES: 5}")
        let result = try convert(model, project.file("classes.safetensors"), "--for", other)
        #expect(result.status == 0)
        #expect(
            result.output.contains("2 of another shape:")
                && result.output.contains("class_embed.bias: expected [6], got [4]"), "\(result.output)")
        let names = try SafetensorsFile(path: project.file("classes.safetensors")).names
        #expect(names.count == (try SafetensorsFile(path: model).names.count) - 2)
    }

    @Test func inspection() throws {
        let torch = project.file("inspected.pth")
        #expect(try convert(model, torch).status == 0)
        let archive = try WeightArchive.open(path: torch)
        let lines = try convert("--inspect", torch).output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("\(torch): PyTorch zip, \(archive.names.count) tensors, ") == true)
        #expect(lines.count == archive.names.count + 1)
        for (name, line) in zip(archive.names, lines.dropFirst()) {
            #expect(line.hasPrefix(name + " ") && line.contains("\(archive.entry(named: name)?.shape ?? [])  "))
            #expect(line.contains("  F32 ") && line.contains("mean "))
        }
    }

    /// A file of single numbers under these names.
    private func file(_ name: String, _ tensors: [String]) throws -> String {
        let path = project.file(name)
        try SafetensorsFile.write(tensors.map { SavedTensor(name: $0, shape: [1]) { [1] } }, to: path)
        return path
    }

    @Test func namesOfOthers() throws {
        let resnet = try file(
            "hf.safetensors",
            [
                "resnet.embedder.embedder.convolution.weight", "classifier.1.weight",
                "resnet.encoder.stages.1.layers.3.layer.2.normalization.running_var",
            ])
        let output = project.file("hf-out.safetensors")
        for family in ["auto", "huggingface"] {
            let result = try convert(resnet, output, "--from", family)
            #expect(result.output.contains("names of huggingface") && result.output.contains("classifier.1.weight"))
            #expect(
                try SafetensorsFile(path: output).names
                    == ["backbone.res3.3.conv3.norm.running_var", "backbone.stem.conv1.weight"])
        }
    }

    @Test func namesThatTheFileDoesNotHaveAreRefused() throws {
        let output = project.file("refused.safetensors")
        for family in ["pidnet", "mit", "torchvision", "huggingface"] {
            let result = try convert(model, output, "--from", family)
            #expect(result.status == 1 && result.errors.contains("its names are not those of \(family)"), "\(result)")
        }
        #expect(project.bytes("refused.safetensors") == nil)
        #expect(try convert(model, output, "--from", "detectron2").status == 0)
    }

    @Test func wrongInput() throws {
        let strange = try file("strange.safetensors", ["a.b"])
        let whole = try #require(project.bytes("model.safetensors"))
        let cut = project.file("cut.safetensors")
        try whole.dropLast(5).write(to: URL(fileURLWithPath: cut))
        let (text, hostile) = (project.file("text.pth"), project.file("hostile.pkl"))
        try "not weights".write(toFile: text, atomically: true, encoding: .utf8)
        try "cposix\nsystem\n(S'touch \(project.file("touched"))'\ntR."
            .write(toFile: hostile, atomically: true, encoding: .utf8)
        let output = project.file("never.safetensors")
        for (arguments, message) in [
            ([project.file("none.pth"), output], "cannot read"), ([cut, output], "is not a whole safetensors file"),
            ([text, output], "it is none of safetensors, a PyTorch file"),
            ([hostile, output], "asks for posix.system"),
            ([strange, output, "--for", config], "none of its tensors fits"),
            ([model, output, "--for", project.file("none.cfg")], "none.cfg"),
            ([model, project.file("nowhere/a.pth")], "cannot write"), (["--inspect", cut], "is not a whole"),
        ] {
            let result = try Command.run("pem-convert", arguments)
            #expect(result.status == 1 && result.errors.hasPrefix("error: "), "\(arguments)")
            #expect(result.errors.contains(message), "\(result.errors)")
        }
        #expect(project.bytes("never.safetensors") == nil && project.bytes("touched") == nil)
    }

    @Test(arguments: [
        (["a.pth"], "Missing expected argument '<out>'"), (["a.pth", "b.zip"], ".safetensors, .pth or .pt"),
        (["--inspect", "a.pth", "b.pth"], "writes none"),
        (["a.pth", "b.pth", "--matched"], "--matched needs --for"),
        (
            ["a.pth", "b.pth", "--from", "klingon"],
            "expected one of auto, torchvision, caffe2, timm, huggingface, stdc, swin, swiftformer, mit, "
        ),
    ])
    func wrongUsage(arguments: [String], message: String) throws {
        let result = try Command.run("pem-convert", arguments)
        #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
    }

    /// A tree of 2^20000 leaves in a few bytes, and a tensor of 10^12 elements that has one.
    @Test func hostileFilesTakeLittle() throws {
        var bytes: [UInt8] = [0x80, 2, 0x7D, 0x71, 0]
        for _ in 0..<20_000 { bytes += [0x7D, 0x28, 0x55, 1, 0x61, 0x68, 0, 0x55, 1, 0x62, 0x68, 0, 0x75, 0x71, 0] }
        try Data(bytes + [0x2E]).write(to: URL(fileURLWithPath: project.file("tree.pkl")))
        let header = #"{"x":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}"#
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        try (length + Data(header.utf8) + Data(count: 4))
            .write(to: URL(fileURLWithPath: project.file("large.safetensors")))
        for name in ["tree.pkl", "large.safetensors"] {
            // Seconds of work, and kilobytes of address space.
            let result = try Command.run(
                "pem-convert", ["--inspect", project.file(name)], shell: "ulimit -t 2 && ulimit -v 2000000")
            #expect(result.status == 1 && result.errors.hasPrefix("error: "), "\(name): \(result.errors)")
        }
    }
}
