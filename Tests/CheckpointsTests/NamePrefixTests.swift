import Checkpoints
import Foundation
import Testing

/// What stands before every name in a file of weights is taken off, whatever the format.
@Suite struct NamePrefixTests {
    private static let names = ["backbone.stem.conv1.weight", "sem_seg_head.predictor.query_feat.weight"]

    /// Files of these names in every format that is written here: safetensors, its shards, and PyTorch's.
    private func files(_ names: [String], _ scratch: Scratch) throws -> [String] {
        let tensors = names.map { name in SavedTensor(name: name, shape: [2]) { [1, 2] } }
        let paths = ["one.safetensors", "model.safetensors.index.json", "zip.pth"].map { scratch.path + "/" + $0 }
        try SafetensorsFile.write(tensors, to: paths[0])
        let places = names.map { "\"\($0)\": \"one.safetensors\"" }.joined(separator: ", ")
        try "{\"weight_map\": {\(places)}}".write(toFile: paths[1], atomically: true, encoding: .utf8)
        try TorchFile.write(tensors, to: paths[2])
        return paths
    }

    @Test(arguments: ["module.", "model.", "net.", "_orig_mod.", "module._orig_mod.", "model.module.net.", "student."])
    func oneThatAllShareIsTakenOff(prefix: String) throws {
        let scratch = try Scratch()
        for path in try files(Self.names.map { prefix + $0 }, scratch) {
            let weights = try RenamedWeights(WeightArchive.open(path: path), maps: allMaps)
            #expect(weights.names == Self.names && weights.map == .detectron2)
            #expect(try weights.floats(named: Self.names[0]) == [1, 2] && weights.shape(named: Self.names[1]) == [2])
            #expect(weights.noteOnPrefix == "\(path): all names begin with \(prefix), which is taken off")
            // What wraps any model is taken off whatever the names mean, another part only before names that are known.
            let own = prefix == "student." ? prefix : ""
            #expect(try WeightArchive.open(path: path).names == Self.names.map { own + $0 })
        }
    }

    @Test func otherFamiliesAreRecognisedWithoutIt() throws {
        let scratch = try Scratch()
        for (names, map, official) in [
            (["model.layer1.0.conv1.weight"], "torchvision", "backbone.res2.0.conv1.weight"),
            (["backbone.layer1.0.conv1.weight"], "torchvision", "backbone.res2.0.conv1.weight"),
            (["module.features.0.conv.weight"], "stdc", "backbone.features.0.conv.weight"),
            (
                ["model.pixel_level_module.encoder.embedder.embedder.convolution.weight"], "huggingface",
                "backbone.stem.conv1.weight"
            ),
            (
                ["pixel_level_module.encoder.embedder.embedder.convolution.weight", "transformer_module.a"],
                "huggingface", "backbone.stem.conv1.weight"
            ),
        ] {
            for path in try files(names, scratch) {
                let weights = try RenamedWeights(WeightArchive.open(path: path), maps: allMaps)
                #expect(weights.map.name == map && weights.names == [official], "\(weights.names)")
            }
        }
    }

    /// Where not all names share it, where nothing would be left, and where the names are what they should be.
    @Test(arguments: [
        ["module.backbone.stem.conv1.weight", "ema.decay"], ["model.", "model.x"], ["backbone.stem.conv1.weight"],
        ["student.one.weight", "student.two.weight"],
    ])
    func othersStay(names: [String]) throws {
        let scratch = try Scratch()
        for path in try files(names, scratch) {
            let weights = try RenamedWeights(WeightArchive.open(path: path), maps: allMaps)
            #expect(weights.names == names.sorted() && weights.noteOnPrefix == nil)
        }
    }

    /// A name of millions of parts takes no time.
    @Test func partsWithoutEnd() throws {
        let scratch = try Scratch()
        let name = String(repeating: "a.", count: 2_000_000) + "x"
        let path = try scratch.file(
            header: "{\"\(name)\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", data: [0, 0, 0, 0])
        #expect(try RenamedWeights(WeightArchive.open(path: path), maps: allMaps).prefix == "")
    }
}
