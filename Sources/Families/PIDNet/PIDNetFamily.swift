import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import Networks
import PixelClassifiers

/// PIDNet, a per-pixel network of three branches (Xu et al., CVPR 2023).
package struct PIDNetFamily: NetworkFamily, Configurable {
    package static let name = "PIDNet"
    package static let counting = WorkCounting.inference
    package static let torchLayout = TorchLayout.pidNet
    package static let signs: KeyValuePairs = ["MODEL.META_ARCHITECTURE": ["PIDNet"]]

    /// The network.
    package private(set) var configuration = PIDNet.Configuration()
    /// The loss.
    package private(set) var criterionConfiguration = PIDNetCriterion.Configuration()

    package init() {}

    private static let section = "MODEL.PIDNET"

    package static var sections: [SettingSection<PIDNetFamily>] { [sizes.at(\.configuration), losses] }

    private static var sizes: SettingSection<PIDNet.Configuration> {
        SettingSection(
            section,
            [
                .integer(
                    "STEM_BLOCKS", 2, \.stemBlocks, in: 1...64,
                    "Basic blocks of the stem's two layers and of the detail branch's (m); S and M 2, L 3."),
                .integer(
                    "BRANCH_BLOCKS", 3, \.branchBlocks, in: 1...64,
                    "Basic blocks of the context branch's two layers (n); S and M 3, L 4."),
                .integer("PLANES", 32, \.planes, in: 1...4096, "Channels of the stem; S 32, M and L 64."),
                .integer(
                    "PPM_PLANES", 96, \.poolingPlanes, in: 1...4096,
                    "Channels of a scale of the pyramid pooling; S and M 96, L 112."),
                .integer("HEAD_PLANES", 128, \.headPlanes, in: 1...4096, "Channels in the heads; S and M 128, L 256."),
                .boolean(
                    "LIGHT", true, \.isLight,
                    "Whether pooling in parallel (PAPPM), light boundary fusion and a narrow boundary branch (S, M) "
                        + "take the place of DAPPM, Bag and a wide one (L)."),
            ])
    }

    private static var losses: SettingSection<PIDNetFamily> {
        SettingSection(
            section,
            [
                .real(
                    "DETAIL_WEIGHT", 0.4, \.criterionConfiguration.detailWeight, in: 0...1e6,
                    "Weight of the loss of the detail branch's head, sem_p."),
                .real(
                    "BOUNDARY_WEIGHT", 20, \.criterionConfiguration.boundaryWeight, in: 0...1e6,
                    "Weight of the loss of boundaries, bd."),
                .real(
                    "BOUNDARY_THRESHOLD", 0.8, \.criterionConfiguration.boundaryThreshold, in: 0.001...0.999,
                    "The probability from which on a boundary is seen, around which sem_bd looks."),
                .real(
                    "OHEM_THRESHOLD", 0.9, \.criterionConfiguration.hardPixels.threshold, in: 0...1,
                    "Pixels whose class has a smaller probability are hard."),
                .integer(
                    "OHEM_KEEP", 131_072, \.criterionConfiguration.hardPixels.kept, in: 1...Int.max,
                    "Hard pixels of a batch at least, where it has so many; the threshold rises for them."),
                .reals(
                    "CLASS_WEIGHTS", [], \.criterionConfiguration.classWeights, count: 0...65_535, in: 0...1e6,
                    "Weights of the losses of each class's pixels; empty: alike (pem-data check --class-weights)."
                ),
            ])
    }

    // In the order in which a resolved configuration lists them.
    package static var declarations: [KeyDeclaration] {
        sections.flatMap(\.declarations) + ModelConfiguration.headSection.declarations
    }
    package static let nameMaps: [NameMap] = [
        .pidNet, .pidNetPretrained, .pidNetMMSegmentation, .pidNetMMSegmentationPretrained,
    ]

    package mutating func finish(_ reader: ConfigReader) throws {
        try reader.requireLabelMapsAlone()
        let model = try ModelConfiguration(reader)
        let divisibility = configuration.input.divisibility
        configuration.input = model.input
        configuration.input.divisibility = divisibility
        configuration.classCount = model.classCount
        criterionConfiguration.ignoreLabel = model.ignoreLabel
        let weights = criterionConfiguration.classWeights.count
        guard weights == 0 || weights == model.classCount else {
            throw reader.invalid(
                Self.section + ".CLASS_WEIGHTS",
                "expected \(model.classCount) weights, one for each of MODEL.SEM_SEG_HEAD.NUM_CLASSES, or none, got "
                    + "\(weights)",
                hint:
                    "the official 19 are Cityscapes'; pem-data check NAME --class-weights tells those of a data set, "
                    + "[] is none"
            )
        }
    }

    package func network(seed: UInt64) -> any Network { PIDNet(configuration, seed: seed) }

    package func criterion() -> any Criterion { PIDNetCriterion(criterionConfiguration) }

    package var summary: String {
        let sizes = configuration
        let known: String? =
            switch (sizes.isLight, sizes.stemBlocks, sizes.branchBlocks, sizes.planes) {
            case (true, 2, 3, 32): "PIDNet-S"
            case (true, 2, 3, 64): "PIDNet-M"
            case (false, 3, 4, 64): "PIDNet-L"
            default: nil
            }
        return (known ?? "PIDNet, \(sizes.stemBlocks) and \(sizes.branchBlocks) blocks, \(sizes.planes) channels")
            + ", \(sizes.classCount) classes"
    }
}
