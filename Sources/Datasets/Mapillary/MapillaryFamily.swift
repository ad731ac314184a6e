extension DatasetFamily {
    /// Mapillary Vistas 1.2: 65 classes, of which 37 are things.
    package static let mapillary = DatasetFamily(
        name: "mapillary", folder: "mapillary_vistas", contents: ["training", "validation"],
        members: [("train", "training"), ("val", "validation")].flatMap { part, split -> [Member] in
            [
                .init("mapillary_vistas_sem_seg_" + part, .mapillary) { name, base, _, _ in
                    try MapillaryDataset.open(name: name, split: split, base: base)
                },
                .init(
                    "mapillary_vistas_panoptic_" + part, .mapillary,
                    truth: [.panopticList: MapillaryDataset.panopticList(of: split)]
                ) { name, base, bounds, _ in
                    try MapillaryDataset.openPanoptic(name: name, split: split, base: base, bounds)
                },
            ]
        },
        preparation: nil)
}
