extension NameMap {
    /// Swin Transformer's ImageNet checkpoints, under the names of Mask2Former's D2SwinTransformer
    /// (Mask2Former tools/convert-pretrained-swin-model-to-d2.py): the classifier and its norm go, and what
    /// follows from the sizes alone.
    package static let swin = NameMap(
        name: "swin", summary: "Swin Transformer's ImageNet weights, without the classifier",
        network: "a Swin Transformer", signs: ["layers.0.downsample.reduction.weight"], rules: swinRules)

    /// For a file whose downsampling stands at the end of a stage.
    static let swinRules: [Rule] = [
        .drop(prefix: "head."), .drop(prefix: "norm."), .dropSuffix(".attn_mask"),
        .dropSuffix(".relative_position_index"), .prependTo([""], "backbone."),
    ]
}
