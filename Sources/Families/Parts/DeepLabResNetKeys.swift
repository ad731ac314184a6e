import Backbones
import Checkpoints
import ConfigFiles
import Layers
import Networks

/// DeepLab's ResNet: a stem of three convolutions and a dilated res5, whose keys detectron2's own does not read.
package struct DeepLabResNet: NamedBackbone {
    package static let name = "build_resnet_deeplab_backbone"
    package static let nameMaps: [NameMap] = []
    /// What it is made of.
    package private(set) var resNet = ResNet.Configuration()

    package init() {}

    package var title: String { "DeepLab's \(resNet.title)" }

    package static var sections: [SettingSection<DeepLabResNet>] {
        ResNet.Configuration.sections.map { $0.at(\.resNet) }
    }

    package mutating func finish(_ reader: ConfigReader) throws {
        let section = "MODEL.RESNETS."
        resNet.hasDeepLabStem = try reader.choice(section + "STEM_TYPE", ["basic": false, "deeplab": true])
        resNet.multiGrid = try reader.integers(section + "RES5_MULTI_GRID", count: 3...3, in: 1...64)
        if try reader.integer(section + "RES4_DILATION") != 1 {
            reader.refuse(section + "RES4_DILATION", "a dilated res4 (its stride would be 8)")
        }
        guard resNet.stemChannels % 2 == 0 || !resNet.hasDeepLabStem else {
            throw reader.invalid(
                section + "STEM_OUT_CHANNELS",
                "expected an even number, of which half are of the stem's first convolutions, got "
                    + "\(resNet.stemChannels)")
        }
    }

    package func make(_ scope: ParameterScope) -> any Backbone { resNet.make(scope) }
}
