extension NameMap {
    /// Official names: those of PEM, Mask2Former, MaskFormer and detectron2, in their present and earlier forms.
    package static let detectron2 = NameMap(
        name: "detectron2", summary: "detectron2, PEM, Mask2Former and MaskFormer, and what this program wrote itself",
        signs: [
            "backbone.stem.conv1.weight", "backbone.features.0.conv.weight", "backbone.patch_embed.proj.weight",
            "stem.conv1.weight",
        ],
        rules: [
            .drop(prefix: "stem.fc."), .drop(prefix: "linear."), .dropSuffix(".num_batches_tracked"),
            // Follows from the size of a window.
            .dropSuffix(".relative_position_index"),
            // Constants of the criterion and of the input, which the configuration knows.
            .drop(prefix: "criterion."), .drop(prefix: "pixel_mean"), .drop(prefix: "pixel_std"),
            .prependTo(["stem.", "res2.", "res3.", "res4.", "res5."], "backbone."),
            .alias(of: "backbone.features.", prefixes: STDCAliases.stages.map { "backbone.\($0).0." }),
            // Before version 2 of MaskFormerHead and of its predictor (their _load_from_state_dict).
            .insert("pixel_decoder.", after: "sem_seg_head.", unless: ["pixel_decoder.", "predictor."]),
            .replace("static_query", with: "query_feat"),
        ])
}
