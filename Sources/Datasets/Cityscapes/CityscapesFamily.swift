import Annotations

extension DatasetFamily {
    /// Cityscapes with fine annotations: 19 classes, of which 8 are things.
    package static let cityscapes = DatasetFamily(
        name: "cityscapes", folder: "cityscapes", contents: ["leftImg8bit", "gtFine"],
        members: ["train", "val", "test"].map { split in
            .init("cityscapes_fine_sem_seg_" + split, .cityscapes, truth: labels(split)) {
                try CityscapesDataset.open(name: $0, split: split, base: $1, $2, wantsPanoptic: false, note: $3)
            }
        }
            + ["train", "val"].map { split in
                let list = [OfficialTruth.panopticList: CityscapesPanoptic.list(of: split)]
                return .init(
                    "cityscapes_fine_panoptic_" + split, .cityscapes, truth: labels(split).merging(list) { $1 }
                ) {
                    try CityscapesDataset.open(name: $0, split: split, base: $1, $2, wantsPanoptic: true, note: $3)
                }
            }
            + ["train", "val"].map { split in
                .init("cityscapes_fine_instance_seg_" + split, ClassTable.cityscapes.things, truth: labels(split)) {
                    name, base, _, _ in try CityscapesDataset.openInstances(name: name, split: split, base: base)
                }
            },
        preparation: Preparation(
            help: """
                labelTrainIds of labelIds (those that are missing), cityscapes_panoptic_train and _val, JSON and \
                pictures, of instanceIds.
                """,
            splits: ["train", "val"].map { split in
                (
                    "gtFine/" + split,
                    { base, _, note in
                        let folder = FileTree.join(base, "gtFine/" + split)
                        try CityscapesDataset.makeTrainIDs(in: folder, name: "cityscapes", note: note)
                        try CityscapesPanoptic.prepare(base, split: split, note: note)
                    }
                )
            }))

    private static func labels(_ split: String) -> [OfficialTruth: String] {
        [.cityscapesLabels: "gtFine/" + split]
    }
}
