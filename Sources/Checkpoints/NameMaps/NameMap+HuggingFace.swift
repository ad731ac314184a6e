extension NameMap {
    /// transformers' ResNets, alone and in MaskFormer, of which the backbone alone is taken.
    package static let huggingFaceResNet = NameMap(
        name: "huggingface",
        summary: "transformers' ResNets and Swin Transformers, alone or as MaskFormer's or Mask2Former's backbone",
        signs: huggingFacePrefixes.map { $0 + "embedder.embedder.convolution.weight" },
        rules: [
            .dropSuffix(".num_batches_tracked"), .drop(prefix: "classifier."),
            .replacePrefix("model.", with: ""), .drop(prefix: "pixel_level_module.decoder."),
            .drop(prefix: "transformer_module."),
            .drop(prefix: "class_predictor."), .drop(prefix: "mask_embedder."), .drop(prefix: "criterion."),
        ] + huggingFacePrefixes.map { .replacePrefix($0, with: "") } + [
            .replacePrefix("embedder.embedder.", with: "stem.conv1."),
            .replacePrefix("encoder.stages.0.layers.", with: "res2."),
            .replacePrefix("encoder.stages.1.layers.", with: "res3."),
            .replacePrefix("encoder.stages.2.layers.", with: "res4."),
            .replacePrefix("encoder.stages.3.layers.", with: "res5."),
            .replace(".layer.0.", with: ".conv1."), .replace(".layer.1.", with: ".conv2."),
            .replace(".layer.2.", with: ".conv3."),
            .replace(".convolution.", with: "."), .replace(".normalization.", with: ".norm."),
            .prependTo([""], "backbone."),
        ])

    /// transformers' Swin Transformers, alone and in MaskFormer and Mask2Former, of which the backbone alone is taken.
    /// Told by the norm that follows the patches; the attention's names have changed between versions.
    package static let huggingFaceSwin = NameMap(
        name: "huggingface", summary: huggingFaceResNet.summary,
        signs: (huggingFacePrefixes + swinPrefixes).map { $0 + "embeddings.norm.weight" },
        rules: [
            .dropSuffix(".relative_position_index"), .drop(prefix: "classifier."), .replacePrefix("model.", with: ""),
            .replacePrefix("swin.", with: ""), .drop(prefix: "pixel_level_module.decoder."),
            .drop(prefix: "transformer_module."), .drop(prefix: "class_predictor."), .drop(prefix: "mask_embedder."),
            .drop(prefix: "criterion."), .replacePrefix("pixel_level_module.encoder.", with: ""),
            .replacePrefix("model.", with: ""), .replacePrefix("swin.", with: ""), .drop(prefix: "layernorm."),
            .replacePrefix("embeddings.patch_embeddings.projection.", with: "patch_embed.proj."),
            .replacePrefix("embeddings.norm.", with: "patch_embed.norm."),
            .replacePrefix("embeddings.position_embeddings", with: "absolute_pos_embed"),
            .replacePrefix("encoder.", with: ""),
            .join([".attention.q_proj.", ".attention.k_proj.", ".attention.v_proj."], as: ".attn.qkv."),
            .join(
                [".attention.self.query.", ".attention.self.key.", ".attention.self.value."], as: ".attn.qkv."),
            .replace(".attention.o_proj.", with: ".attn.proj."),
            .replace(".attention.output.dense.", with: ".attn.proj."),
            .replace(".attention.relative_position_bias.", with: ".attn."),
            .replace(".attention.self.", with: ".attn."),
            .replace(".layernorm_before.", with: ".norm1."), .replace(".layernorm_after.", with: ".norm2."),
            .replace(".intermediate.dense.", with: ".mlp.fc1."), .replace(".output.dense.", with: ".mlp.fc2."),
        ] + (0..<4).map { .replacePrefix("hidden_states_norms.stage\($0 + 1).", with: "norm\($0).") }
            + [.prependTo([""], "backbone.")])

    /// What stands before the backbone's own names, in MaskFormer with and without its heads.
    private static let huggingFacePrefixes = [
        "resnet.", "model.pixel_level_module.encoder.", "pixel_level_module.encoder.", "",
    ]
    private static let swinPrefixes =
        ["swin."]
        + ["model.", ""].flatMap { outer in ["model.", "swin."].map { outer + "pixel_level_module.encoder." + $0 } }
}
