import Checkpoints
import ConfigFiles
import PixelClassifiers

extension SegFormerHead.Configuration: NamedDecodeHead {
    package static let name = "SegFormerHead"
    package static let nameMaps: [NameMap] = [.huggingFaceSegFormer, .mmsegmentationSegFormer]

    package func title(backbone: String) -> String {
        backbone.hasPrefix("MiT-") ? "SegFormer-" + backbone.dropFirst(4) : "SegFormer's head, " + backbone
    }

    package static var sections: [SettingSection<SegFormerHead.Configuration>] {
        [
            SettingSection(
                "MODEL.SEGFORMER",
                [
                    .integer(
                        "EMBED_DIM", 256, \.channels, in: 1...65_536,
                        "Channels of the maps that SegFormerHead sums (decoder_params.embed_dim)."),
                    .real(
                        "DROPOUT_RATIO", 0.1, \.dropout, in: 0...0.999,
                        "Probability with which training zeroes a channel of that sum (decode_head.dropout_ratio)."),
                ])
        ]
    }
}
