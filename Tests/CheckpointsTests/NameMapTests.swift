import Checkpoints
import Foundation
import Testing

@Suite struct NameMapTests {
    private func weights(_ names: [String], family: String? = nil) throws -> RenamedWeights {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        try SafetensorsFile.write(names.map { name in SavedTensor(name: name, shape: []) { [1] } }, to: path)
        return try RenamedWeights(WeightArchive.open(path: path), maps: allMaps, family: family)
    }

    @Test func torchvision() throws {
        let result = try weights([
            "conv1.weight", "bn1.running_mean", "bn1.num_batches_tracked", "layer1.0.conv1.weight",
            "layer4.2.bn3.weight", "layer2.0.downsample.0.weight", "layer3.0.downsample.1.running_var",
            "fc.weight",
        ])
        #expect(result.map.name == "torchvision")
        #expect(
            result.originals == [
                "backbone.stem.conv1.weight": "conv1.weight",
                "backbone.stem.conv1.norm.running_mean": "bn1.running_mean",
                "backbone.res2.0.conv1.weight": "layer1.0.conv1.weight",
                "backbone.res5.2.conv3.norm.weight": "layer4.2.bn3.weight",
                "backbone.res3.0.shortcut.weight": "layer2.0.downsample.0.weight",
                "backbone.res4.0.shortcut.norm.running_var": "layer3.0.downsample.1.running_var",
            ])
        #expect(result.dropped == ["bn1.num_batches_tracked", "fc.weight"])
    }

    @Test func stdc() throws {
        let result = try weights([
            "features.0.conv.weight", "features.2.avd_layer.1.running_var", "x2.0.0.conv.weight",
            "x8.0.2.avd_layer.1.running_var", "conv_last.conv.weight", "fc.weight", "bn.weight",
            "linear.weight",
        ])
        #expect(result.map.name == "stdc")
        #expect(
            result.originals == [
                "backbone.features.0.conv.weight": "features.0.conv.weight",
                "backbone.features.2.avd_layer.1.running_var": "features.2.avd_layer.1.running_var",
            ])
        let aliases = try weights(["x2.0.0.conv.weight", "x32.0.7.conv_list.3.bn.bias"])
        #expect(
            aliases.names == ["backbone.features.0.conv.weight", "backbone.features.7.conv_list.3.bn.bias"])
    }

    @Test func earlierOfficialNames() throws {
        let result = try weights([
            "backbone.features.0.conv.weight", "backbone.x2.0.0.conv.weight", "criterion.empty_weight",
            "sem_seg_head.predictor.static_query.weight", "sem_seg_head.out.conv.weight",
            "sem_seg_head.pixel_decoder.csm.0.mlp.0.mlp.0.weight",
        ])
        #expect(
            result.names == [
                "backbone.features.0.conv.weight", "sem_seg_head.pixel_decoder.csm.0.mlp.0.mlp.0.weight",
                "sem_seg_head.pixel_decoder.out.conv.weight", "sem_seg_head.predictor.query_feat.weight",
            ])
    }

    /// The official loader writes `pixel_decoder.` into every name of a file without a version; names that have it
    /// already stay here (Mask2Former issue 95).
    @Test func earlierMask2Former() throws {
        let head = "sem_seg_head."
        let result = try weights([
            "backbone.patch_embed.proj.weight", "backbone.layers.0.blocks.0.attn.relative_position_index",
            head + "adapter_1.weight", head + "transformer.encoder.layers.0.norm1.weight",
            head + "pixel_decoder.mask_features.weight", head + "predictor.static_query.weight",
            head + "predictor.query_embed.weight",
        ])
        #expect(
            result.names == [
                "backbone.patch_embed.proj.weight", head + "pixel_decoder.adapter_1.weight",
                head + "pixel_decoder.mask_features.weight",
                head + "pixel_decoder.transformer.encoder.layers.0.norm1.weight",
                head + "predictor.query_embed.weight", head + "predictor.query_feat.weight",
            ])
        #expect(result.dropped == ["backbone.layers.0.blocks.0.attn.relative_position_index"])
    }

    /// A converted ImageNet file asks for names by their ends, and has no norms behind the stages.
    @Test func convertedSwin() throws {
        let result = try weights([
            "patch_embed.proj.weight", "layers.0.downsample.reduction.weight", "norm.weight", "head.bias",
            "layers.0.blocks.1.attn_mask",
        ])
        #expect(
            result.names == ["backbone.layers.0.downsample.reduction.weight", "backbone.patch_embed.proj.weight"])
    }

    @Test func caffe2() throws {
        let result = try weights([
            "conv1_w", "res_conv1_bn_s", "res2_0_branch2a_w", "res2_0_branch2a_bn_b", "res3_0_branch1_bn_s",
            "fc1000_w",
        ])
        #expect(
            result.names == [
                "backbone.res2.0.conv1.norm.bias", "backbone.res2.0.conv1.weight",
                "backbone.res3.0.shortcut.norm.weight", "backbone.stem.conv1.norm.weight",
                "backbone.stem.conv1.weight",
            ])
    }

    /// The longest end wins, and only whole parts of a name count.
    @Test func endsOfNames() throws {
        let result = try weights(["conv1.weight", "res2.conv1.weight", "stray"], family: "stdc")
        let named = try weights(["conv1.weight", "block.conv1.weight", "stray"])
        let matched = named.matched(bySuffix: ["a.conv1.weight", "a.block.conv1.weight", "a.xconv1.weight"])
        #expect(
            matched.originals == [
                "a.conv1.weight": "conv1.weight", "a.block.conv1.weight": "block.conv1.weight",
            ])
        #expect(matched.dropped == ["stray"])
        #expect(result.names.count == 3)
    }

    @Test func twoTensorsOfOneName() throws {
        #expect(throws: CheckpointError.self) {
            try weights([
                "sem_seg_head.predictor.static_query.weight", "sem_seg_head.predictor.query_feat.weight",
            ])
        }
    }

    @Test func secondNamesOfSTDC() {
        let names =
            [0, 1, 2, 5, 6, 10, 11, 13].map { "backbone.features.\($0).conv.weight" } + ["sem_seg_head.x"]
        #expect(
            STDCAliases.pairs(names).map(\.alias) == [
                "backbone.x2.0.0.conv.weight", "backbone.x4.0.1.conv.weight", "backbone.x8.0.2.conv.weight",
                "backbone.x8.0.5.conv.weight", "backbone.x16.0.6.conv.weight",
                "backbone.x16.0.10.conv.weight",
                "backbone.x32.0.11.conv.weight", "backbone.x32.0.13.conv.weight",
            ])
    }
}
