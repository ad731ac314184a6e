extension DatasetFamily {
    /// COCO 2017: 133 classes, of which 80 are things.
    package static let coco = DatasetFamily(
        name: "coco", folder: "coco", contents: ["annotations"],
        members: ["train", "val"].flatMap { part -> [Member] in
            let split = part + "2017"
            let lists: [OfficialTruth: String] = [
                .panopticList: COCODataset.panopticList(of: split), .instanceList: COCODataset.instanceList(of: split),
            ]
            return ["", "_with_sem_seg"].map { ending in
                .init("coco_2017_\(part)_panoptic" + ending, .coco, truth: lists) { name, base, bounds, _ in
                    try COCODataset.open(name: name, split: split, base: base, bounds)
                }
            } + [
                .init("coco_2017_" + part, .cocoThings, truth: lists) { name, base, bounds, _ in
                    try COCODataset.openInstances(name: name, split: split, base: base, bounds)
                }
            ]
        },
        preparation: Preparation(
            help: """
                panoptic_semseg_train2017 and _val2017 (labels 0 to 132; those that are missing) of the panoptic \
                annotations.
                """,
            splits: ["train2017", "val2017"].map { split in
                (split, { try COCODataset.prepare($0, split: split, $1, note: $2) })
            }))
}
