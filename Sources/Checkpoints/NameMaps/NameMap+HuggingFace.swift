extension NameMap {
    /// transformers' Mask2Former (Mask2FormerForUniversalSegmentation) with a ResNet or a Swin Transformer, whole
    /// (transformers' convert_mask2former_original_pytorch_checkpoint_to_pytorch.py, read backwards).
    package static let huggingFaceMask2Former = NameMap(
        name: "huggingface",
        summary: "transformers' Mask2Former and MaskFormer; its ResNets, Swin Transformers and SwiftFormers",
        signs: mask2FormerSigns,
        rules: [.dropSuffix(".num_batches_tracked"), .drop(prefix: "criterion."), .replacePrefix("model.", with: "")]
            + mask2FormerPixelDecoder + mask2FormerDecoder
            + backbonePrefixes.map { .replacePrefix($0, with: "") } + resNetRules + swinRulesOfHuggingFace
            + [.insert("backbone.", after: "", unless: ["sem_seg_head."])])

    /// transformers' ResNets, alone and in the pixel-level module of MaskFormer.
    package static let huggingFaceResNet = NameMap(
        name: "huggingface", summary: huggingFaceMask2Former.summary,
        signs: backbonePrefixes.flatMap { prefix in
            ["model.", ""].map { $0 + prefix + "embedder.embedder.convolution.weight" }
        }, foreignSigns: mask2FormerSigns + maskFormerSigns,
        rules: backboneAlone + resNetRules + [.prependTo([""], "backbone.")])

    /// transformers' Swin Transformers, alone and in the pixel-level module of MaskFormer. Told by the norm that
    /// follows the patches; the attention's names have changed between versions.
    package static let huggingFaceSwin = NameMap(
        name: "huggingface", summary: huggingFaceMask2Former.summary,
        signs: backbonePrefixes.flatMap { prefix in ["model.", ""].map { $0 + prefix + "embeddings.norm.weight" } },
        foreignSigns: mask2FormerSigns + maskFormerSigns,
        rules: backboneAlone + swinRulesOfHuggingFace + [.prependTo([""], "backbone.")])

    private static let mask2FormerSigns = ["model.", ""].map { $0 + "transformer_module.queries_features.weight" }

    /// What stands before a backbone's own names; in MaskFormer `swin.` and `model.` by version.
    static let backbonePrefixes = [
        "pixel_level_module.encoder.swin.", "pixel_level_module.encoder.model.", "pixel_level_module.encoder.",
        "resnet.", "swin.", "",
    ]

    /// What is not the backbone's goes.
    private static let backboneAlone: [Rule] =
        [
            .dropSuffix(".num_batches_tracked"), .drop(prefix: "classifier."), .replacePrefix("model.", with: ""),
            .drop(prefix: "pixel_level_module.decoder."), .drop(prefix: "transformer_module."),
            .drop(prefix: "class_predictor."), .drop(prefix: "mask_embedder."), .drop(prefix: "criterion."),
        ] + backbonePrefixes.dropLast().map { .replacePrefix($0, with: "") }

    static let resNetRules: [Rule] = [
        .replacePrefix("embedder.embedder.", with: "stem.conv1."),
        .replacePrefix("encoder.stages.0.layers.", with: "res2."),
        .replacePrefix("encoder.stages.1.layers.", with: "res3."),
        .replacePrefix("encoder.stages.2.layers.", with: "res4."),
        .replacePrefix("encoder.stages.3.layers.", with: "res5."),
        .replace(".layer.0.", with: ".conv1."), .replace(".layer.1.", with: ".conv2."),
        .replace(".layer.2.", with: ".conv3."),
        .replace(".convolution.", with: "."), .replace(".normalization.", with: ".norm."),
    ]

    /// Of transformers 4, where they differ, then of 5.
    static let swinRulesOfHuggingFace: [Rule] =
        [
            .drop(prefix: "layernorm."), .dropSuffix(".relative_position_index"),
            .replacePrefix("embeddings.patch_embeddings.projection.", with: "patch_embed.proj."),
            .replacePrefix("embeddings.norm.", with: "patch_embed.norm."),
            .replacePrefix("encoder.layers.", with: "layers."),
            .join(["query", "key", "value"].map { ".attention.self.\($0)." }, as: ".attn.qkv."),
            .join(["q", "k", "v"].map { ".attention.\($0)_proj." }, as: ".attn.qkv."),
            .replace(".attention.output.dense.", with: ".attn.proj."),
            .replace(".attention.o_proj.", with: ".attn.proj."),
            .replace(".attention.self.relative_position", with: ".attn.relative_position"),
            .replace(".attention.relative_position_bias.relative_position", with: ".attn.relative_position"),
            .replace(".layernorm_before.", with: ".norm1."), .replace(".layernorm_after.", with: ".norm2."),
            .replace(".intermediate.dense.", with: ".mlp.fc1."), .replace(".output.dense.", with: ".mlp.fc2."),
        ] + (0..<4).map { .replacePrefix("hidden_states_norms.stage\($0 + 1).", with: "norm\($0).") }

    private static let mask2FormerPixelDecoder: [Rule] = [
        ("input_projections.", "input_proj."), ("level_embed", "transformer.level_embed"),
        ("mask_projection.", "mask_features."), ("adapter_*.0.", "adapter_*."), ("adapter_*.1.", "adapter_*.norm."),
        ("layer_*.0.", "layer_*."), ("layer_*.1.", "layer_*.norm."),
        ("encoder.layers.*.self_attn.", "transformer.encoder.layers.*.self_attn."),
        ("encoder.layers.*.self_attn_layer_norm.", "transformer.encoder.layers.*.norm1."),
        ("encoder.layers.*.fc1.", "transformer.encoder.layers.*.linear1."),
        ("encoder.layers.*.fc2.", "transformer.encoder.layers.*.linear2."),
        ("encoder.layers.*.final_layer_norm.", "transformer.encoder.layers.*.norm2."),
    ].map { .replaceStart("pixel_level_module.decoder." + $0, with: "sem_seg_head.pixel_decoder." + $1) }

    private static let mask2FormerDecoder: [Rule] =
        [
            ("queries_embedder.", "query_embed."), ("queries_features.", "query_feat."),
            ("level_embed.", "level_embed."), ("input_projections.", "input_proj."),
            ("decoder.layers.*.self_attn.", "transformer_self_attention_layers.*.self_attn."),
            ("decoder.layers.*.self_attn_layer_norm.", "transformer_self_attention_layers.*.norm."),
            ("decoder.layers.*.cross_attn.", "transformer_cross_attention_layers.*.multihead_attn."),
            ("decoder.layers.*.cross_attn_layer_norm.", "transformer_cross_attention_layers.*.norm."),
            ("decoder.layers.*.fc1.", "transformer_ffn_layers.*.linear1."),
            ("decoder.layers.*.fc2.", "transformer_ffn_layers.*.linear2."),
            ("decoder.layers.*.final_layer_norm.", "transformer_ffn_layers.*.norm."),
            ("decoder.layernorm.", "decoder_norm."),
            ("decoder.mask_predictor.mask_embedder.*.0.", "mask_embed.layers.*."),
        ].map { .replaceStart("transformer_module." + $0, with: "sem_seg_head.predictor." + $1) } + [
            .replacePrefix("class_predictor.", with: "sem_seg_head.predictor.class_embed."),
            .join(["q", "k", "v"].map { ".self_attn.\($0)_proj." }, as: ".self_attn.in_proj_"),
        ]
}
