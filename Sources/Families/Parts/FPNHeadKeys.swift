import Checkpoints
import ConfigFiles
import PixelClassifiers

extension FPNHead.Configuration: NamedDecodeHead {
    package static let name = "FPNHead"
    package static let nameMaps: [NameMap] = []

    package func title(backbone: String) -> String { "\(backbone) with Semantic FPN" }

    package static var sections: [SettingSection<FPNHead.Configuration>] {
        [
            SettingSection(
                "MODEL.SEMANTIC_FPN",
                [
                    .integer(
                        "PYRAMID_CHANNELS", 256, \.pyramidChannels, in: 1...65_536,
                        "Channels of the pyramid of FPNHead (mmsegmentation's neck.out_channels)."),
                    .integer(
                        "CHANNELS", 128, \.channels, in: 1...65_536,
                        "Channels of the maps that FPNHead sums (decode_head.channels)."),
                    .real(
                        "DROPOUT_RATIO", 0.1, \.dropout, in: 0...0.999,
                        "Probability with which training zeroes a channel of that sum (decode_head.dropout_ratio)."),
                ])
        ]
    }
}
