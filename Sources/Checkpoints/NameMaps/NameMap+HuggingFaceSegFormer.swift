extension NameMap {
    /// transformers' SegFormer, whole or its encoder alone (transformers'
    /// convert_segformer_original_to_pytorch.py, read backwards): the names of files, and those that transformers 5 has
    /// in memory. Its norms all have the epsilon 1e-5, of which the official code has 1e-6 in some.
    package static let huggingFaceSegFormer = NameMap(
        name: "huggingface",
        summary: huggingFaceMask2Former.summary,
        signs: ["segformer.", ""].flatMap { prefix in
            ["encoder.patch_embeddings.0.proj.weight", "stages.0.patch_embeddings.proj.weight"].map { prefix + $0 }
        },
        rules: [
            .dropSuffix(".num_batches_tracked"), .drop(prefix: "classifier."), .replacePrefix("segformer.", with: ""),
        ] + (0..<4).flatMap(stage) + attentionRules + headRules)

    private static func stage(_ stage: Int) -> [Rule] {
        [
            ("encoder.patch_embeddings.\(stage).", "patch_embed\(stage + 1)."),
            ("stages.\(stage).patch_embeddings.", "patch_embed\(stage + 1)."),
            ("encoder.block.\(stage).", "block\(stage + 1)."), ("stages.\(stage).blocks.", "block\(stage + 1)."),
            ("encoder.layer_norm.\(stage).", "norm\(stage + 1)."), ("stages.\(stage).layer_norm.", "norm\(stage + 1)."),
        ].map { .replacePrefix($0, with: "backbone." + $1) }
    }

    private static let attentionRules: [Rule] =
        [
            (".layer_norm_1.", ".norm1."), (".layer_norm_2.", ".norm2."), (".layernorm_before.", ".norm1."),
            (".layernorm_after.", ".norm2."), (".attention.self.query.", ".attn.q."),
            (".attention.q_proj.", ".attn.q."),
            (".attention.self.sr.", ".attn.sr."), (".attention.self.layer_norm.", ".attn.norm."),
            (".attention.sequence_reduction.sequence_reduction.", ".attn.sr."),
            (".attention.sequence_reduction.layer_norm.", ".attn.norm."),
            (".attention.output.dense.", ".attn.proj."), (".attention.o_proj.", ".attn.proj."),
            (".mlp.dense1.", ".mlp.fc1."), (".mlp.dense2.", ".mlp.fc2."),
            // The norm after the patches.
            (".layer_norm.", ".norm."),
        ].map { .replace($0, with: $1) } + [
            .join([".attention.self.key.", ".attention.self.value."], as: ".attn.kv."),
            .join([".attention.k_proj.", ".attention.v_proj."], as: ".attn.kv."),
        ]

    private static let headRules: [Rule] =
        (0..<4).flatMap { level -> [Rule] in
            ["linear_c", "linear_projections"].map {
                .replacePrefix("decode_head.\($0).\(level).", with: "decode_head.linear_c\(level + 1).")
            }
        } + [
            .replacePrefix("decode_head.linear_fuse.", with: "decode_head.linear_fuse.conv."),
            .replacePrefix("decode_head.batch_norm.", with: "decode_head.linear_fuse.bn."),
            .replacePrefix("decode_head.classifier.", with: "decode_head.linear_pred."),
        ]
}
