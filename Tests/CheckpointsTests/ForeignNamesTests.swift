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

    /// Query, key and value of a Swin Transformer are one tensor officially; the norms behind its stages are those of
    /// Mask2Former, and not of ImageNet.
    @Test func partsOfSwinAreJoined() throws {
        let tensors = try #require(Self.recorded["Hugging Face Swin"]).names
        let scratch = try Scratch()
        let renamed = try RenamedWeights(Self.open(tensors, scratch), maps: allMaps)
        #expect(renamed.map.name == "huggingface")
        #expect(renamed.shape(named: "backbone.layers.3.blocks.0.attn.qkv.weight") == [192, 64])
        #expect(renamed.shape(named: "backbone.layers.3.blocks.0.attn.qkv.bias") == [192])
        #expect(
            renamed.sources["backbone.layers.1.blocks.0.attn.qkv.bias"]
                == ["q", "k", "v"].map { "swin.encoder.layers.1.blocks.0.attention.\($0)_proj.bias" })
        // Three become one, twice a block.
        #expect(renamed.names.count == tensors.count - renamed.dropped.count - 4 * 4)
        #expect(
            renamed.dropped == ["classifier.bias", "classifier.weight", "swin.layernorm.bias", "swin.layernorm.weight"])
        #expect(renamed.names.allSatisfy { $0.hasPrefix("backbone.") && !$0.contains("norm0") })

        var cut = tensors
        cut["swin.encoder.layers.1.blocks.0.attention.k_proj.bias"] = nil
        let archive = try Self.open(cut, scratch)
        let error = #expect(throws: CheckpointError.self) { try RenamedWeights(archive, maps: allMaps) }
        #expect("\(try #require(error))".contains("backbone.layers.1.blocks.0.attn.qkv.bias is made of 3 parts"))
    }

    /// Whole Mask2Formers; GoldenTests compare them with the network.
    @Test(arguments: [
        ("Hugging Face Mask2Former Swin", 2, "backbone.norm3.weight", "backbone.norm4.weight"),
        ("Hugging Face Mask2Former R50", 53, "backbone.res5.2.conv3.norm.running_var", "backbone.stem.conv2.weight"),
    ])
    func wholeMask2Formers(name: String, dropped: Int, has: String, lacks: String) throws {
        let scratch = try Scratch()
        let tensors = try #require(Self.recorded[name]).names
        for prefix in ["", "module."] {
            let renamed = try RenamedWeights(
                Self.open(
                    Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0.key, $0.value) }), scratch),
                maps: allMaps)
            #expect(renamed.map == .huggingFaceMask2Former)
            #expect(renamed.dropped.count == dropped + 1, "\(renamed.dropped)")
            let predictor = "sem_seg_head.predictor."
            for (tensor, shape) in [
                (predictor + "transformer_self_attention_layers.0.self_attn.in_proj_weight", [96, 32]),
                (predictor + "transformer_self_attention_layers.0.self_attn.in_proj_bias", [96]),
                (predictor + "transformer_cross_attention_layers.0.multihead_attn.in_proj_weight", [96, 32]),
                (predictor + "mask_embed.layers.2.weight", [32, 32]), (predictor + "class_embed.bias", [4]),
                ("sem_seg_head.pixel_decoder.transformer.encoder.layers.0.norm2.weight", [32]),
                ("sem_seg_head.pixel_decoder.adapter_1.norm.bias", [32]),
                ("sem_seg_head.pixel_decoder.transformer.level_embed", [3, 32]),
            ] {
                #expect(renamed.shape(named: tensor) == shape, "\(tensor)")
            }
            #expect(renamed.names.contains(has) && !renamed.names.contains(lacks))
            #expect(renamed.names.allSatisfy { $0.hasPrefix("backbone.") || $0.hasPrefix("sem_seg_head.") })
            #expect(!renamed.names.contains { $0.contains("_module") || $0.contains("embedder") })
        }
    }

    /// Whole MaskFormers; GoldenTests compare them with the network.
    @Test(arguments: [
        ("Hugging Face MaskFormer Swin", 6, "backbone.norm3.weight"),
        ("Hugging Face MaskFormer R50", 53, "backbone.res5.2.conv3.norm.running_var"),
    ])
    func wholeMaskFormers(name: String, dropped: Int, has: String) throws {
        let scratch = try Scratch()
        let renamed = try RenamedWeights(Self.open(try #require(Self.recorded[name]).names, scratch), maps: allMaps)
        #expect(renamed.map == .huggingFaceMaskFormer)
        #expect(renamed.dropped.count == dropped + 1, "\(renamed.dropped)")
        let (decoder, layer) = ("sem_seg_head.pixel_decoder.", "sem_seg_head.predictor.transformer.decoder.layers.0.")
        for (tensor, shape) in [
            (layer + "self_attn.in_proj_weight", [96, 32]), (layer + "multihead_attn.in_proj_bias", [96]),
            (layer + "multihead_attn.out_proj.weight", [32, 32]), (layer + "linear2.weight", [32, 8]),
            (layer + "norm3.bias", [32]), ("sem_seg_head.predictor.transformer.decoder.norm.bias", [32]),
            ("sem_seg_head.predictor.mask_embed.layers.2.weight", [32, 32]), (decoder + "layer_4.norm.bias", [32]),
            (decoder + "adapter_1.weight", [32, has.contains("res5") ? 256 : 8, 1, 1]),
            (decoder + "mask_features.weight", [32, 32, 3, 3]),
        ] {
            #expect(renamed.shape(named: tensor) == shape, "\(tensor)")
        }
        #expect(renamed.names.contains(has))
        #expect(renamed.names.allSatisfy { $0.hasPrefix("backbone.") || $0.hasPrefix("sem_seg_head.") })
        #expect(!renamed.names.contains { $0.contains("_module") || $0.contains("embedder") })
    }

    /// transformers keep query, key and value apart; their model is smaller than the official one.
    @Test(arguments: [false, true]) func swinsOfAllVersionsAreRenamed(hasOldNames: Bool) throws {
        let scratch = try Scratch()
        var tensors = try #require(Self.recorded["Hugging Face Swin"]).names
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
        #expect(renamed.names.sorted() == official.sorted())
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
