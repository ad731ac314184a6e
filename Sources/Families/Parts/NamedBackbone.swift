import Backbones
import Checkpoints
import ConfigFiles
import Configurations
import Layers
import Networks

/// A backbone that configurations can choose.
package protocol NamedBackbone: BackboneConfiguration, Configurable {
    /// What MODEL.BACKBONE.NAME calls it.
    static var name: String { get }
    /// How the names of ImageNet checkpoints of this backbone become its own.
    static var nameMaps: [NameMap] { get }
    /// What it asks the sides of its input to be multiples of (detectron2's Backbone.size_divisibility), where a
    /// configuration leaves that to it.
    var sizeDivisibility: Int { get }
    /// The shortest side of an input that it can work on; shorter ones are padded.
    var minimumSide: Int { get }
    /// For a person: "STDC1".
    var title: String { get }
}

extension NamedBackbone {
    /// Nothing.
    package var sizeDivisibility: Int { 1 }
    /// Any.
    package var minimumSide: Int { 1 }
}

/// The backbones that configurations can choose: a new one adds its file and its name here.
package let namedBackbones: [any NamedBackbone.Type] = [
    ResNet.Configuration.self, DeepLabResNet.self, STDC.Configuration.self, SwinTransformer.Configuration.self,
    SwiftFormer.Configuration.self, MixTransformer.Configuration.self,
]

extension SettingSection {
    /// MODEL.BACKBONE.NAME: the backbone, with the keys of its own.
    static func backbone(_ path: WritableKeyPath<Root, any NamedBackbone>) -> SettingSection {
        SettingSection(
            "MODEL.BACKBONE",
            [
                .custom("NAME", "build_resnet_backbone", "The backbone.") { reader, key, root in
                    let name = try reader.text(key)
                    if let backbone = namedBackbones.first(where: { $0.name == name }) {
                        root[keyPath: path] = try backbone.init(reader)
                    } else {
                        try reader.refuse(name, of: key, built: namedBackbones.map { $0.name })
                    }
                }
            ])
    }
}

/// The keys of all backbones.
let backboneDeclarations = namedBackbones.flatMap { $0.declarations }

let freezeAtMeaning = "Stages whose parameters stay fixed: 1 is the stem, 2 adds res2, …; 0: none."

extension Setting {
    /// The feature maps that a part makes or reads, which must be all four.
    static func allFeatures(_ name: String, default names: ConfigValue) -> Setting {
        .custom(name, names, "The feature maps: res2, res3, res4 and res5.") { reader, key, _ in
            let (all, names) = (["res2", "res3", "res4", "res5"], try reader.texts(key))
            guard names == all else { throw reader.invalid(key, "expected \(all), got \(names)") }
        }
    }

    /// A normalisation layer by detectron2's name; on one process SyncBN is BN. Norms of `names` without a kind are
    /// refused as `feature`.
    static func norm(
        _ defaultValue: ConfigValue, _ path: WritableKeyPath<Root, NormKind>, _ names: KeyValuePairs<String, NormKind?>,
        else feature: String, _ meaning: String
    ) -> Setting {
        .custom("NORM", defaultValue, meaning) { reader, key, root in
            if let norm = try reader.choice(key, names) {
                root[keyPath: path] = norm
            } else {
                reader.refuse(key, feature)
            }
        }
    }
}
