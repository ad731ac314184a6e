import Annotations

extension DatasetFamily {
    /// ADE20K-Full: 847 of the 3156 objects of ADE20K_2021_17_01.
    package static let ade20kFull = DatasetFamily(
        name: "ade20k-full", folder: ADE20KFullPreparation.folder, contents: ["images_detectron2", "index_ade20k.pkl"],
        members: [("train", "training"), ("val", "validation")].map { part, split in
            .init("ade20k_full_sem_seg_" + part, .ade20kFull) { name, base, _, _ in
                // MaskFormer's script writes TIFF, `pem-data prepare` PNG.
                try PreparedSplit(base: base, folder: split).open(
                    name, .ade20kFull, bits: 16, formats: [".png", ".tif", ".tiff"],
                    preparation: "make it with pem-data prepare ade20k-full")
            }
        },
        preparation: Preparation(
            help: """
                images_detectron2 and annotations_detectron2 (PNGs of 16 bits; 847 classes, 65535 ignored) of the \
                images that index_ade20k.pkl lists and their *_seg.png, short sides above 512 shrunk to it.
                """,
            splits: [("images", ADE20KFullPreparation.prepare)]))
}
