import Families
package import Recipes

/// What a network is, how pictures come to it, and how it is trained: a configuration file, with settings over it.
public struct NetworkConfiguration: Sendable {
    package let setup: RunSetup

    /// Reads the configuration file at `path` (YAML with detectron2's keys and `_BASE_`): one of this project's, or an
    /// official one of PEM, Mask2Former or MaskFormer as it is.
    ///
    /// `settings` hold over the file: `["INPUT.MIN_SIZE_TEST": "512"]`. Throws `SegmentationError` with the line and
    /// the key of a mistake.
    public init(contentsOf path: String, settings: [String: String] = [:]) throws {
        let words = settings.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        setup = try SegmentationError.translating {
            try RunSetup(path: path, overrides: words, families: networkFamilies)
        }
    }

    /// The number of classes.
    public var classCount: Int { setup.configuration.model.classCount }

    /// The label of pixels that belong to no class.
    public var ignoreLabel: Int { setup.configuration.model.ignoreLabel }

    /// Every key with the value that holds, as YAML.
    public var text: String { setup.configuration.resolvedText }

    /// What the user should know of the files that were read, a line each.
    public var warnings: [String] { setup.warnings }
}
