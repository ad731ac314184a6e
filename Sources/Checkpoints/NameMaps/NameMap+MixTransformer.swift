extension NameMap {
    /// NVlabs' ImageNet checkpoints of Mix Transformers (mit_b0.pth …): the classifier goes.
    package static let mixTransformer = NameMap(
        name: "mit", summary: "Mix Transformers' ImageNet weights (mit_b0.pth), without the classifier",
        network: "SegFormer's Mix Transformer", signs: ["patch_embed1.proj.weight"],
        rules: [.drop(prefix: "head."), .prependTo([""], "backbone.")])
}
