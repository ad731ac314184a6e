extension DatasetFamily {
    /// COCO-Stuff-10k 1.0: 171 classes, of which 80 are things.
    package static let cocoStuff = DatasetFamily(
        name: "coco-stuff-10k", folder: "coco/coco_stuff_10k", contents: ["images_detectron2", "imageLists"],
        members: ["train", "test"].map { split in
            .init("coco_2017_\(split)_stuff_10k_sem_seg", .cocoStuff) { name, base, _, _ in
                try PreparedSplit(base: base, folder: split).open(
                    name, .cocoStuff, formats: [".png"], preparation: cocoStuffScript)
            }
        },
        preparation: Preparation(
            help: """
                nothing: images_detectron2 and annotations_detectron2 of annotations/*.mat (HDF5) are made by \
                MaskFormer's datasets/prepare_coco_stuff_10k_v1.0_sem_seg.py; it is told whether they are there.
                """,
            splits: ["train", "test"].map { folder in
                (
                    "imageLists",
                    { base, _, _, note in
                        let split = PreparedSplit(base: base, folder: folder)
                        guard split.missing.isEmpty else {
                            throw DatasetError(
                                "coco-stuff-10k", split.missing.map { .other($0, "no such folder") },
                                advice: cocoStuffScript)
                        }
                        note("coco-stuff-10k: the files of \(folder) are there")
                    }
                )
            }))

    /// What to do where the archive's files are all there is.
    private static let cocoStuffScript = """
        annotations/*.mat are HDF5, which is not read here: run MaskFormer's \
        datasets/prepare_coco_stuff_10k_v1.0_sem_seg.py, which makes the folder of them
        """
}
