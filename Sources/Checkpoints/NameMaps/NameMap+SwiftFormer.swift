extension NameMap {
    /// SwiftFormer's ImageNet checkpoints (swiftformer.py): the classifier goes.
    package static let swiftFormer = NameMap(
        name: "swiftformer", summary: "SwiftFormer's ImageNet weights, without the classifier",
        network: "SwiftFormer", signs: blocks.map { "network.0.0.\($0)dwconv.weight" },
        rules: classifier(distilled: "dist_head.") + [.prependTo([""], "backbone.")])

    /// timm's SwiftFormers, whose attention is the paper's.
    package static let timmSwiftFormer = NameMap(
        name: "timm", summary: timmResNet.summary, signs: blocks.map { "stages.0.blocks.0.\($0)layer_scale.gamma" },
        rules: classifier(distilled: "head_dist.")
            + (0..<4).map { Rule.replacePrefix("stages.\($0).blocks.", with: "network.\(2 * $0).") }
            + (1..<4).map { Rule.replacePrefix("stages.\($0).downsample.", with: "network.\(2 * $0 - 1).") } + [
                .replacePrefix("stem.", with: "patch_embed."), .replace(".attn.proj.", with: ".attn.Proj."),
                .replaceSuffix(".gamma", with: ""), .prependTo([""], "backbone."),
            ],
        settings: [attention: "normalized"])

    /// transformers' SwiftFormers, whose attention is that of the first release.
    package static let huggingFaceSwiftFormer = NameMap(
        name: huggingFaceMask2Former.name, summary: huggingFaceMask2Former.summary,
        signs: ["swiftformer.", ""].map { $0 + "patch_embed.patch_embedding.0.weight" },
        rules: classifier(distilled: "dist_head.") + [
            .replacePrefix("swiftformer.", with: ""),
            .replacePrefix("patch_embed.patch_embedding.", with: "patch_embed."),
            .replacePrefix("encoder.network.", with: "network."), .replace(".blocks.", with: "."),
            .replace(".depth_wise_conv.", with: ".dwconv."), .replace(".point_wise_conv", with: ".pwconv"),
            .replace(".attn.proj.", with: ".attn.Proj."), .prependTo([""], "backbone."),
        ],
        settings: [attention: "first_release"])

    private static let attention = "MODEL.SWIFTFORMER.ATTENTION"

    /// What stands before the layers of a stage's first block: nothing, or this where it is the last too.
    private static let blocks = ["", "local_representation."]

    private static func classifier(distilled: String) -> [Rule] {
        [
            .drop(prefix: "norm."), .drop(prefix: "head."), .drop(prefix: distilled),
            .dropSuffix(".num_batches_tracked"),
        ]
    }
}
