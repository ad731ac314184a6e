import Checkpoints
import Foundation
import TestSupport
import Testing

/// State dicts of other packages, recorded by Tools/reference/names.py, become the official ones: every name and
/// every shape.
@Suite struct ForeignNamesTests {
    private typealias Shapes = [String: [Int]]

    private struct Recorded: Decodable {
        let origin: String
        let names: Shapes
    }

    private static let recorded: [String: Recorded] =
        (try? JSONDecoder().decode(
            [String: Recorded].self, from: WeightFixtures().bytes("names.json"))) ?? [:]

    /// A file of these tensors, their values a hole in the file.
    private static func open(_ tensors: Shapes, _ scratch: Scratch) throws -> WeightArchive {
        let path = scratch.path + "/foreign.safetensors"
        var (header, position) = ([String: Any](), 0)
        for (name, shape) in tensors {
            let end = position + 4 * shape.reduce(1, *)
            header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [position, end]]
            position = end
        }
        let text = try JSONSerialization.data(withJSONObject: header)
        try (withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text)
            .write(to: URL(fileURLWithPath: path))
        truncate(path, 8 + text.count + position)
        return try WeightArchive.open(path: path)
    }

    /// What the network of this name needs of a file: no counters, no tables that follow from the sizes, and not
    /// the norms that Mask2Former adds behind Swin's stages.
    private static func wanted(_ name: String) throws -> Shapes {
        try #require(recorded[name]).names.filter { name, _ in
            !name.hasSuffix("num_batches_tracked") && !name.hasSuffix("relative_position_index")
                && name.wholeMatch(of: /backbone\.(norm\d|x\d+)\..*/) == nil
        }
    }

    @Test(arguments: [
        ("torchvision ResNet-50", "torchvision", "official ResNet-50", 55),
        ("timm ResNet-50", "torchvision", "official ResNet-50", 55),
        ("Hugging Face ResNet-50", "huggingface", "official ResNet-50", 55),
        ("Hugging Face MaskFormer R50", "huggingface", "official ResNet-50", 116),
        ("timm Swin-T", "timm", "official Swin-T", 4),
    ])
    func everyTensorFindsItsPlace(name: String, family: String, official: String, dropped: Int) throws {
        let tensors = try #require(Self.recorded[name]).names
        let scratch = try Scratch()
        let archive = try Self.open(tensors, scratch)
        let wanted = try Self.wanted(official)
        let named = name.hasPrefix("timm") ? "timm" : family
        for (family, expected) in [(nil, family), (named, named)] {
            let renamed = try RenamedWeights(archive, maps: allMaps, family: family)
            #expect(renamed.map.name == expected)
            #expect(renamed.names == wanted.keys.sorted())
            for (tensor, shape) in wanted { #expect(renamed.shape(named: tensor) == shape, "\(tensor)") }
            #expect(renamed.dropped.count == dropped, "\(renamed.dropped)")
        }
    }

    /// Their repositories are no packages: the names are the official ones without "backbone.", and the classifier's.
    @Test(arguments: [
        ("official Swin-T", "swin", ["norm.weight", "head.weight", "head.bias", "layers.0.blocks.1.attn_mask"]),
        ("official Swin-T", "timm", ["norm.weight", "head.weight", "head.bias", "layers.0.blocks.1.attn_mask"]),
        ("official STDC1", "stdc", ["fc.weight", "bn.bias", "linear.weight", "conv_last.conv.weight"]),
        ("official STDC2", "stdc", ["fc.weight", "bn.bias", "linear.weight", "conv_last.conv.weight"]),
    ])
    func classifiersOfRepositories(official: String, family: String, others: [String]) throws {
        var tensors = Shapes()
        for (name, shape) in try #require(Self.recorded[official]).names
        where name.wholeMatch(of: /backbone\.norm\d\..*/) == nil {
            tensors[String(name.dropFirst("backbone.".count))] = shape
        }
        for name in others { tensors[name] = [3] }
        let scratch = try Scratch()
        let wanted = try Self.wanted(official)
        for named in [nil, family] where family != "timm" || named != nil {
            let renamed = try RenamedWeights(Self.open(tensors, scratch), maps: allMaps, family: named)
            #expect(renamed.map.name == family)
            #expect(renamed.names == wanted.keys.sorted())
            for (tensor, shape) in wanted { #expect(renamed.shape(named: tensor) == shape, "\(tensor)") }
            #expect(Set(renamed.dropped).isSuperset(of: others))
        }
    }

    /// transformers keep query, key and value apart; their model is smaller than the official one.
    @Test(arguments: [("Hugging Face Mask2Former Swin", 4), ("Hugging Face Swin", 0)], [false, true])
    func partsAreJoined(_ source: (name: String, norms: Int), hasOldNames: Bool) throws {
        let scratch = try Scratch()
        var tensors = try #require(Self.recorded[source.name]).names
        if hasOldNames {
            tensors = Dictionary(
                uniqueKeysWithValues: tensors.map { name, shape in
                    var name = name
                    for (new, old) in [
                        ("q_proj", "self.query"), ("k_proj", "self.key"), ("v_proj", "self.value"),
                        ("o_proj", "output.dense"), ("relative_position_bias.relative", "self.relative"),
                        (".mlp.fc1", ".intermediate.dense"), (".mlp.fc2", ".output.dense"),
                    ] where name.contains(".blocks.") { name = name.replacingOccurrences(of: new, with: old) }
                    return (name, shape)
                })
        }
        let renamed = try RenamedWeights(Self.open(tensors, scratch), maps: allMaps)
        let official = try Self.wanted("official Swin-T").keys.filter {
            $0.wholeMatch(of: /.*blocks\.[1-9].*/) == nil
        }
        #expect(renamed.map.name == "huggingface")
        #expect(renamed.names.filter { $0.wholeMatch(of: /backbone\.norm\d\..*/) == nil } == official.sorted())
        #expect(renamed.names.count == official.count + 2 * source.norms)
        #expect(renamed.shape(named: "backbone.layers.1.blocks.0.attn.qkv.weight") == [48, 16])
        #expect(renamed.shape(named: "backbone.layers.1.blocks.0.attn.qkv.bias") == [48])
        #expect(try renamed.floats(named: "backbone.layers.1.blocks.0.attn.qkv.bias").count == 48)
    }

    @Test func anotherFamilyThanTheFiles() throws {
        let scratch = try Scratch()
        let archive = try Self.open(try #require(Self.recorded["torchvision ResNet-50"]).names, scratch)
        #expect(
            try RenamedWeights(archive, maps: allMaps, family: "swin").names.contains("backbone.layer1.0.conv1.weight"))
    }
}
