extension DatasetFamily {
    /// ADE20K: 150 classes, of which 100 are things.
    package static let ade20k = DatasetFamily(
        name: "ade20k", folder: "ADEChallengeData2016", contents: ["annotations"],
        members: ADE20KSplit.allCases.flatMap { split -> [Member] in
            let instances = [OfficialTruth.instanceList: ADE20KInstances.list(of: split)]
            let lists = instances.merging([.panopticList: ADE20KPanoptic.list(of: split)]) { $1 }
            return [
                .init("ade20k_sem_seg_" + split.shortName, .ade20k) {
                    try ADE20KDataset.open(name: $0, split: split, base: $1, $2, wantsPanoptic: false, note: $3)
                },
                .init("ade20k_panoptic_" + split.shortName, .ade20k, truth: lists) {
                    try ADE20KDataset.open(name: $0, split: split, base: $1, $2, wantsPanoptic: true, note: $3)
                },
                .init("ade20k_instance_" + split.shortName, .ade20kThings, truth: instances) {
                    try ADE20KInstances.open(name: $0, split: split, base: $1, $2, note: $3)
                },
            ]
        },
        preparation: Preparation(
            help: """
                annotations_detectron2 of annotations (those that are missing), ade20k_panoptic_train and _val, JSON \
                and pictures, and ade20k_instance_train.json and _val.json of annotations_instance.
                """,
            splits: ADE20KSplit.allCases.map { split in
                (
                    "images/" + split.rawValue,
                    { base, _, note in
                        try ADE20KPanoptic.prepare(base, split: split, note: note)
                        try ADE20KInstances.prepare(base, split: split, note: note)
                    }
                )
            }))
}
