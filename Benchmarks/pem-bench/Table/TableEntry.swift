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

    /// A network of MaskFormer's paper, on label maps: fixed matching and per-pixel networks know no others. From
    /// random weights frozen norms would let the residual sums grow; ADE20K's squares of 512 are of larger crops.
    private static func ofLabelMaps(
        _ name: String, _ title: String, _ file: String, queries: Int? = nil, _ settings: [String] = []
    ) -> TableEntry {
        let task = [
            "MODEL.RESNETS.NORM", "BN", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "19", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON",
            "False", "INPUT.DATASET_MAPPER_NAME", "mask_former_semantic", "INPUT.SIZE_DIVISIBILITY", "-1",
            "DATASETS.TRAIN",
            "(\"cityscapes_fine_sem_seg_train\",)", "DATASETS.TEST", "(\"cityscapes_fine_sem_seg_val\",)",
        ]
        let count = queries.map { ["MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "\($0)"] } ?? []
        return TableEntry(name, title, file, task + count + settings)
    }

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
        ofLabelMaps("maskformer_r50", "MaskFormer, R50, 100 queries", "maskformer/ade20k_sem_r50.cfg"),
        ofLabelMaps("maskformer_r50_19", "MaskFormer, R50, 19 queries", "maskformer/ade20k_sem_r50.cfg", queries: 19),
        ofLabelMaps(
            "maskformer_r50_fixed", "MaskFormer, R50, 19 queries, fixed matching", "maskformer/ade20k_sem_r50.cfg",
            queries: 19, ["MODEL.MASK_FORMER.MATCHER", "fixed"]),
        ofLabelMaps("per_pixel_r50", "per-pixel baseline, R50", "per_pixel/ade20k_sem_r50.cfg"),
        ofLabelMaps(
            "per_pixel_plus_r50", "per-pixel baseline plus, R50", "per_pixel/ade20k_sem_r50_plus.cfg", queries: 19),
    ]
}
