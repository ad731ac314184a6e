import Checkpoints
import Foundation
import TestSupport
import Testing

/// A `.pth` has the layout that the family's official code loads, and is read back here.
@Suite(.serialized) struct TorchLayoutTests {
    private static let ending = """
        SOLVER: {ACCUMULATE: 1, MAX_ITER: 1}
        TEST: {EVAL_PERIOD: 0}
        """

    private static let configurations = [
        "pidnet": """
        _BASE_: tiny.cfg
        MODEL:
          META_ARCHITECTURE: "PIDNet"
          PIDNET: {PLANES: 8, PPM_PLANES: 8, HEAD_PLANES: 8}
        """,
        "mmsegmentation": """
        _BASE_: tiny.cfg
        MODEL:
          META_ARCHITECTURE: "EncoderDecoder"
          BACKBONE: {NAME: "MixTransformer"}
          MIT: {EMBED_DIMS: [8, 8, 10, 16], DEPTHS: [1, 1, 1, 1]}
          SEM_SEG_HEAD: {NAME: "SegFormerHead"}
          SEGFORMER: {EMBED_DIM: 8}
        """,
    ]

    private let project: TinyProject

    init() throws { project = try TinyProject() }

    private func convert(_ input: String, _ output: String, _ more: [String]) throws -> Command.Result {
        try Command.run("pem-convert", [project.file(input), project.file(output)] + more)
    }

    @Test(arguments: configurations.keys) func everyFamilyGetsItsOwn(layout: String) throws {
        let config = project.file("net.cfg")
        let text = try #require(Self.configurations[layout]) + "\n" + Self.ending
        try text.write(toFile: config, atomically: true, encoding: .utf8)
        let trained = try Command.run("pem-train", project.options("run", "net.cfg"))
        #expect(trained.status == 0, "\(trained.errors)")
        let model = "run/model_final.safetensors"
        let result = try convert(model, "net.pth", ["--for", config])
        #expect(result.status == 0 && result.output.contains(", as \(layout == "pidnet" ? "PIDNet" : layout) has it"))
        #expect(!result.output.contains("CLASSES"), "\(result.output)")

        // Texts of a pickle stand in the file as they are.
        let content = String(decoding: try #require(project.bytes("net.pth")), as: UTF8.self)
        let (file, torch) = (try SafetensorsFile(path: project.file(model)), project.file("net.pth"))
        if layout == "pidnet" {
            #expect(file.names.allSatisfy { content.contains("model." + $0) } && !content.contains("state_dict"))
        } else {
            for text in ["state_dict", "meta", "CLASSES", "PALETTE"] + TinyProject.classNames {
                #expect(content.contains(text), "\(text)")
            }
            let nameless = project.file("nameless.cfg")
            try (text + "\nDATASETS: {TRAIN: [], TEST: []}\n").write(
                toFile: nameless, atomically: true, encoding: .utf8)
            let other = try convert(model, "nameless.pth", ["--for", nameless])
            #expect(other.output.contains("note: meta has no CLASSES and PALETTE"), "\(other.output)\(other.errors)")
        }

        #expect(try convert("net.pth", "back.safetensors", ["--for", config]).status == 0)
        let back = try SafetensorsFile(path: project.file("back.safetensors"))
        #expect(back.names == file.names)
        for name in file.names { #expect(try back.floats(named: name) == file.floats(named: name), "\(name)") }
        let evaluated = try Command.run("pem-eval", project.options("scores", "net.cfg") + ["--weights", torch])
        #expect(evaluated.status == 0, "\(evaluated.errors)")
    }
}
