/// A network of the table that compares the papers' networks. One more is one more entry of `all`.
package struct TableEntry: Sendable {
    /// What `--entry` and its folder call it.
    package let name: String
    /// What the table calls it.
    package let title: String
    /// Its configuration, below Configs.
    let file: String
    /// KEY VALUE …, laid over the file and the recipe.
    let settings: [String]
    let seed: Int

    package init(_ name: String, _ title: String, _ file: String, _ settings: [String] = [], seed: Int = 1) {
        self.name = name
        self.title = title
        self.file = file
        self.settings = settings
        self.seed = seed
    }

    private static let pem = "pem/cityscapes_pan.cfg"
    private static let mask2Former = "mask2former/cityscapes_sem_swin_tiny.cfg"

    /// In the order of the table.
    package static let all = [
        TableEntry("mask2former_swin_tiny", "Mask2Former, Swin-T", mask2Former),
        TableEntry(
            "emca_swin_tiny", "EMCA, Swin-T", mask2Former,
            ["MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME", "PEMTransformerDecoder"]),
        TableEntry("pem_r50", "PEM, R50", pem),
        TableEntry("pem_r50_seed2", "PEM, R50, another seed", pem, seed: 2),
        TableEntry("pem_r50_no_mask", "PEM, R50, no mask", pem, ["MODEL.PEM.MASK", "False"]),
        TableEntry(
            "pem_r50_mean_prototypes", "PEM, R50, mean prototypes", pem, ["MODEL.PEM.PROTOTYPES", "mean"]),
        TableEntry(
            "pem_r50_masked_attention", "PEM, R50, masked attention", pem,
            ["MODEL.PEM.PROTOTYPES", "masked_attention"]),
        TableEntry("pem_r50_no_csm", "PEM, R50, no context-based self-modulation", pem, ["MODEL.PEM.CSM", "False"]),
        TableEntry(
            "pem_r50_no_deformable", "PEM, R50, no deformable convolution", pem, ["MODEL.PEM.DEFORMABLE", "False"]),
        TableEntry("pem_r50_two_layers", "PEM, R50, 2 of 6 layers", pem, ["MODEL.MASK_FORMER.DEC_LAYERS", "3"]),
    ]
}
