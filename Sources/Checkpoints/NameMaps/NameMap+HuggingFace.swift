extension NameMap {
    /// transformers' ResNets, alone and in MaskFormer, of which the backbone alone has a network here.
    package static let huggingFaceResNet = NameMap(
        name: "huggingface",
        summary: "transformers' ResNets, alone or as MaskFormer's backbone",
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

    /// transformers' Swin Transformers, alone and in MaskFormer and Mask2Former. Told by the norm that follows
    /// the patches; the attention's names have changed between versions.
    package static let huggingFaceSwin = NameMap(
        name: "huggingface", summary: huggingFaceResNet.summary,
        signs: (huggingFacePrefixes + swinPrefixes).map { $0 + "embeddings.norm.weight" },
        rules: [],
        refusal: "it is a Swin Transformer as transformers keeps it, with query, key and value apart, and no "
            + "network here takes it. Of the Swin Transformers, the official files and timm's are renamed "
            + "(--from swin, --from timm)")

    /// What stands before the backbone's own names, in MaskFormer with and without its heads.
    private static let huggingFacePrefixes = [
        "resnet.", "model.pixel_level_module.encoder.", "pixel_level_module.encoder.", "",
    ]
    private static let swinPrefixes =
        ["swin."]
        + ["model.", ""].flatMap { outer in ["model.", "swin."].map { outer + "pixel_level_module.encoder." + $0 } }
}
