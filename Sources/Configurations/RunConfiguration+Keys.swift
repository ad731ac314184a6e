import ConfigFiles

extension RunConfiguration {
    /// Every key with its official default: detectron2's `get_cfg`, the add-config functions of PEM, Mask2Former and
    /// MaskFormer (which agree where they overlap), our own, and those that families of networks own. A file names what
    /// differs.
    package static func declarations(of families: [any NetworkFamily.Type]) -> [KeyDeclaration] {
        ModelConfiguration.ownDeclarations + families.flatMap { $0.declarations }
            + ModelConfiguration.headSection.declarations + InputConfiguration.declarations
            + DataConfiguration.declarations + SolverConfiguration.declarations + TestConfiguration.declarations
            + outer.flatMap(\.declarations)
    }

    /// Every key of its family and of a run, with the value that holds and what it means, in lines for a person. Throws
    /// as `network`.
    package func explainedKeys() throws -> [String] {
        let family = type(of: try network())
        var values = Dictionary(uniqueKeysWithValues: settings.map { ($0.key, $0.value) })
        // Parts that share a key declare it each.
        return Self.declarations(of: [family]).flatMap { declaration in
            values.removeValue(forKey: declaration.key).map {
                ["\(declaration.key): \($0)", "    " + declaration.meaning]
            } ?? []
        }
    }

    /// The keys outside every section, and detectron2's example section.
    private static var outer: [SettingSection<Void>] {
        [
            SettingSection(
                "",
                [
                    .declared("OUTPUT_DIR", "./output", "Folder for everything that a run writes."),
                    .declared("SEED", -1, "Seed of weights and samples; negative: a new one each run."),
                    .declared("VERSION", 2, "Version of detectron2's format."),
                    .declared("CUDNN_BENCHMARK", false, "Without effect."),
                    .declared("FLOAT32_PRECISION", "", "Without effect."),
                    .declared("VIS_PERIOD", 0, "Without effect."),
                ]),
            SettingSection("GLOBAL", [.declared("HACK", 1.0, "Of detectron2; without effect.")]),
        ]
    }

    /// Sections of detectron2's detectors. Files that detectron2 wrote out in full hold them; nothing here reads
    /// them.
    static let unrelatedSections = [
        "MODEL.FPN", "MODEL.PROPOSAL_GENERATOR", "MODEL.ANCHOR_GENERATOR", "MODEL.RPN", "MODEL.ROI_HEADS",
        "MODEL.ROI_BOX_HEAD", "MODEL.ROI_BOX_CASCADE_HEAD", "MODEL.ROI_MASK_HEAD", "MODEL.ROI_KEYPOINT_HEAD",
        "MODEL.PANOPTIC_FPN", "MODEL.RETINANET",
    ]
}
