import Backbones
import Checkpoints
import ConfigFiles

extension SwiftFormer.Configuration: NamedBackbone {
    package static let name = "SwiftFormer"
    package static let nameMaps: [NameMap] = [.swiftFormer, .timmSwiftFormer, .huggingFaceSwiftFormer]

    package var title: String {
        let names = ["XS": [3, 3, 6, 4], "S": [3, 3, 9, 6], "L1": [4, 3, 10, 5], "L3": [4, 4, 12, 6]]
        let name = names.first { $0.value == depths }?.key ?? "\(widths), \(depths)"
        return "SwiftFormer-\(name)" + (attention == .firstRelease ? " (attention of the first release)" : "")
    }

    package static var sections: [SettingSection<SwiftFormer.Configuration>] {
        [
            SettingSection(
                "MODEL.BACKBONE",
                [
                    // PARITY: swiftformer.py freezes nothing.
                    .custom("FREEZE_AT", 2, freezeAtMeaning) { reader, key, _ in
                        if try reader.integer(key) > 0 { reader.ignore(key) }
                    }
                ]),
            SettingSection(
                "MODEL.SWIFTFORMER",
                [
                    .integers(
                        "WIDTHS", [48, 56, 112, 220], \.widths, count: 4...4, in: 2...4096,
                        "Channels of the four stages (embed_dims)."),
                    .integers(
                        "DEPTHS", [3, 3, 6, 4], \.depths, count: 4...4, in: 1...1000,
                        "Blocks of the four stages (layers); the last of each has the attention."),
                    .choice(
                        "ATTENTION", "normalized", \.attention,
                        ["normalized": .normalized, "first_release": .firstRelease],
                        "normalized: tokens weigh by scores divided by their norm over the image (timm's weights, and "
                            + "the authors' since 26 July 2023); first_release: all the same (Hugging Face's weights, "
                            + "and the authors' earlier ones)."),
                    .real(
                        "DROP_PATH_RATE", 0.0, \.dropPathRate, in: 0...0.999, "Stochastic depth of the last block."),
                    .allFeatures("OUT_FEATURES", default: ["res2", "res3", "res4", "res5"]),
                ]),
        ]
    }

    package func finish(_ reader: ConfigReader) throws {
        if widths[0] % 2 != 0 {
            throw reader.invalid(
                "MODEL.SWIFTFORMER.WIDTHS",
                "expected an even number first, of which half are of the first convolution, got \(widths)")
        }
    }
}
