import ConfigFiles
import Networks

/// What the configurations of all networks say of weights, input and classes (MODEL, INPUT.FORMAT).
package struct ModelConfiguration: Configurable, Sendable, Equatable {
    /// The weights to start from, as written (a path or an address); nil where none are named.
    package var weights: String?
    /// How pixels become the input; what it is padded to is the family's matter.
    package var input = ImageNormalization()
    /// Classes, without "no object".
    package var classCount = 1
    /// The label of pixels that belong to no class.
    package var ignoreLabel = 255

    /// Nothing that a file says.
    package init() {}

    package static var sections: [SettingSection<ModelConfiguration>] { [modelSection, headSection] }

    private static var modelSection: SettingSection<ModelConfiguration> {
        SettingSection(
            "MODEL",
            [
                .declared("META_ARCHITECTURE", "GeneralizedRCNN", "The kind of the whole network."),
                .text("WEIGHTS", \.weights, "Weights to start from or to evaluate; empty: random ones."),
                .reals(
                    "PIXEL_MEAN", [103.53, 116.28, 123.675], \.input.mean, count: 3...3, in: -1e6...1e6,
                    "Mean of each channel, in the order of INPUT.FORMAT, on the scale 0…255."),
                .reals(
                    "PIXEL_STD", [1.0, 1.0, 1.0], \.input.deviation, count: 3...3,
                    in: 1e-6...Double.greatestFiniteMagnitude, "Deviation of each channel."),
                .declared("DEVICE", "cuda", "Without effect."),
                .declared("LOAD_PROPOSALS", false, "Of detectron2's detectors; without effect."),
                .declared("MASK_ON", false, "Of detectron2's detectors; without effect."),
                .declared("KEYPOINT_ON", false, "Of detectron2's detectors; without effect."),
            ])
    }

    /// The keys of MODEL.SEM_SEG_HEAD that every network has; families list them before their own.
    package static var headSection: SettingSection<ModelConfiguration> {
        SettingSection(
            "MODEL.SEM_SEG_HEAD",
            [
                .declared("NAME", "SemSegFPNHead", "The kind of the head."),
                .classCount(\.classCount),
                .integer(
                    "IGNORE_VALUE", 255, \.ignoreLabel, in: 0...65_535,
                    "The label of pixels that belong to no class."),
            ])
    }

    package mutating func finish(_ reader: ConfigReader) throws {
        input.reversesChannels = try reader.choice("INPUT.FORMAT", ["RGB": false, "BGR": true])
    }

    /// The keys of MODEL itself, which stand before those of the families.
    static var ownDeclarations: [KeyDeclaration] { modelSection.declarations }
}

extension Setting {
    /// NUM_CLASSES of MODEL.SEM_SEG_HEAD, which run and network both read.
    package static func classCount(_ path: WritableKeyPath<Root, Int>) -> Setting {
        .integer("NUM_CLASSES", 54, path, in: 1...65_535, "Classes, without \"no object\".")
    }
}
