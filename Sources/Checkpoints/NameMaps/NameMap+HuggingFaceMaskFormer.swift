extension NameMap {
    /// transformers' MaskFormer (MaskFormerForInstanceSegmentation) with a ResNet or a Swin Transformer, whole
    /// (transformers' convert_maskformer_original_pytorch_checkpoint_to_pytorch.py, read backwards).
    package static let huggingFaceMaskFormer = NameMap(
        name: huggingFaceMask2Former.name, summary: huggingFaceMask2Former.summary, signs: maskFormerSigns,
        rules: [.dropSuffix(".num_batches_tracked"), .drop(prefix: "criterion."), .replacePrefix("model.", with: "")]
            + maskFormerPixelDecoder + maskFormerDecoder
            + backbonePrefixes.map { .replacePrefix($0, with: "") } + resNetRules + swinRulesOfHuggingFace
            + (0..<4).map { .replacePrefix("hidden_states_norms.\($0).", with: "norm\($0).") }
            + [.insert("backbone.", after: "", unless: ["sem_seg_head."])])

    static let maskFormerSigns = ["model.", ""].map {
        $0 + "transformer_module.decoder.layers.0.encoder_attn.q_proj.weight"
    }

    /// Its pyramid counts from the coarsest map, the official one from the finest.
    private static let maskFormerPixelDecoder: [Rule] =
        ([("mask_projection.", "mask_features."), ("fpn.stem.0.", "layer_4."), ("fpn.stem.1.", "layer_4.norm.")]
        + (0..<3).flatMap { level in
            [
                ("proj.0.", "adapter_\(3 - level)."), ("proj.1.", "adapter_\(3 - level).norm."),
                ("block.0.", "layer_\(3 - level)."), ("block.1.", "layer_\(3 - level).norm."),
            ].map { ("fpn.layers.\(level)." + $0, $1) }
        }).map { .replacePrefix("pixel_level_module.decoder." + $0, with: "sem_seg_head.pixel_decoder." + $1) }

    /// Of transformers 4, where they differ, and of 5.
    private static let maskFormerDecoder: [Rule] =
        [
            ("queries_embedder.", "query_embed."), ("input_projection.", "input_proj."),
            ("decoder.layernorm.", "transformer.decoder.norm."),
            ("decoder.layers.*.self_attn.o_proj.", "transformer.decoder.layers.*.self_attn.out_proj."),
            ("decoder.layers.*.self_attn.", "transformer.decoder.layers.*.self_attn."),
            ("decoder.layers.*.self_attn_layer_norm.", "transformer.decoder.layers.*.norm1."),
            ("decoder.layers.*.encoder_attn.o_proj.", "transformer.decoder.layers.*.multihead_attn.out_proj."),
            ("decoder.layers.*.encoder_attn.", "transformer.decoder.layers.*.multihead_attn."),
            ("decoder.layers.*.encoder_attn_layer_norm.", "transformer.decoder.layers.*.norm2."),
            ("decoder.layers.*.mlp.fc1.", "transformer.decoder.layers.*.linear1."),
            ("decoder.layers.*.mlp.fc2.", "transformer.decoder.layers.*.linear2."),
            ("decoder.layers.*.fc1.", "transformer.decoder.layers.*.linear1."),
            ("decoder.layers.*.fc2.", "transformer.decoder.layers.*.linear2."),
            ("decoder.layers.*.final_layer_norm.", "transformer.decoder.layers.*.norm3."),
        ].map { .replaceStart("transformer_module." + $0, with: "sem_seg_head.predictor." + $1) } + [
            .replacePrefix("class_predictor.", with: "sem_seg_head.predictor.class_embed."),
            .replaceStart("mask_embedder.*.0.", with: "sem_seg_head.predictor.mask_embed.layers.*."),
            .join(["q", "k", "v"].map { "_attn.\($0)_proj." }, as: "_attn.in_proj_"),
        ]
}
