import Checkpoints
import Foundation
import Testing

/// A folder in the place of a file of weights.
@Suite struct WeightsFolderTests {
    /// A folder of files of one tensor; an index names the first.
    private func folder(_ names: [String]) throws -> Scratch {
        let scratch = try Scratch()
        for name in names {
            let path = scratch.path + "/" + name
            if name.hasSuffix(".json") {
                try #"{"weight_map": {"x": "\#(names[0])"}}"#.write(toFile: path, atomically: true, encoding: .utf8)
            } else if name.hasSuffix(".safetensors") {
                try SafetensorsFile.write([SavedTensor(name: "x", shape: [1]) { [1] }], to: path)
            } else {
                try TorchFile.write([SavedTensor(name: "x", shape: [1]) { [1] }], to: path)
            }
        }
        return scratch
    }

    @Test(arguments: [
        (
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
            "model.safetensors.index.json"
        ),
        (["model.safetensors", "config.json"], "model.safetensors"),
        (["anything.safetensors", "anything.pth"], "anything.safetensors"),
        (["pytorch_model.bin"], "pytorch_model.bin"), (["weights.pth"], "weights.pth"),
        (
            [
                "model_0000099.safetensors", "model_0000199.safetensors", "model_best.safetensors",
                "model_final.safetensors", "state_0000099.safetensors", "state_final.safetensors",
            ], "model_final.safetensors"
        ),
        (
            [
                "model_0000099.safetensors", "model_0000199.safetensors", "model_best.safetensors",
                "state_0000199.safetensors",
            ],
            "model_0000199.safetensors"
        ),
        (["model_0000099.pth", "model_0000199.pth", "model_final.pth"], "model_final.pth"),
        (["model_best.safetensors", "state_0000199.safetensors"], "model_best.safetensors"),
    ])
    func standsForAFile(names: [String], taken: String) throws {
        let scratch = try folder(names)
        let archive = try WeightArchive.open(path: scratch.path)
        #expect(archive.path == scratch.path + "/" + taken)
        #expect(try archive.floats(named: "x") == [1])
    }

    @Test(
        arguments: [
            ([], "without weights"), (["notes.txt"], "without weights"),
            (["a.safetensors", "b.safetensors"], "name one of them: a.safetensors, b.safetensors"),
            (["a.pth", "b.pth"], "name one of them: a.pth, b.pth"),
        ] as [([String], String)])
    func otherwiseItSaysWhatToName(names: [String], text: String) throws {
        let scratch = try folder(names)
        let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: scratch.path) }
        #expect("\(String(describing: error))".contains(text), "\(String(describing: error))")
    }
}
