import ConfigFiles

/// Every configuration key with its official default: detectron2's `get_cfg` and `add_deeplab_config`, the
/// add-config functions of PEM, Mask2Former and MaskFormer (which agree where they overlap), and our own
/// keys. A file names what differs. The texts are YAML, one file a section.
enum ConfigurationSchema {
    /// The table, read once.
    static func load() throws -> ConfigSchema { try table.get() }

    private static let table = Result {
        var defaults = ConfigDocument()
        for (name, text) in [
            ("model", model), ("backbones", backbones), ("heads", heads), ("input", input),
            ("datasets", datasets),
            ("solver", solver), ("test", test), ("run", run),
        ] {
            defaults = defaults.overlaid(by: try ConfigDocument.parse(text, name: "defaults of \(name)"))
        }
        return ConfigSchema(defaults: defaults, openSections: unrelatedSections)
    }

    /// Sections of detectron2's detectors. Files that detectron2 wrote out in full hold them; nothing here
    /// reads them.
    private static let unrelatedSections = [
        "MODEL.FPN", "MODEL.PROPOSAL_GENERATOR", "MODEL.ANCHOR_GENERATOR", "MODEL.RPN", "MODEL.ROI_HEADS",
        "MODEL.ROI_BOX_HEAD", "MODEL.ROI_BOX_CASCADE_HEAD", "MODEL.ROI_MASK_HEAD", "MODEL.ROI_KEYPOINT_HEAD",
        "MODEL.PANOPTIC_FPN", "MODEL.RETINANET",
    ]
}
