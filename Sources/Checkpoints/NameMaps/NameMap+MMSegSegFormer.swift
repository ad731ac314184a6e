extension NameMap {
    /// mmsegmentation's own SegFormers, whose head is another one.
    package static let mmsegmentationSegFormer = NameMap(
        name: "mmseg-segformer", summary: "mmsegmentation's SegFormers, which do not fit: their head is another one",
        signs: ["decode_head.fusion_conv.conv.weight"],
        refusal: "has mmsegmentation's SegFormer, which is another network: decode_head.convs.0 … convs.3 are 1×1 "
            + "convolutions with a BatchNorm and a ReLU each, joined fine to coarse, where the official head has "
            + "linear maps alone (linear_c1 … linear_c4, joined coarse to fine), and decode_head.fusion_conv and "
            + "conv_seg stand for linear_fuse and linear_pred; take the weights of NVlabs/SegFormer "
            + "or their copies at Hugging Face",
        rules: [])
}
