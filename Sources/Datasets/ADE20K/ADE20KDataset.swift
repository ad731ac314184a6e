import Annotations

/// ADE20K (150 classes) in its official layout, ADEChallengeData2016.
enum ADE20KDataset {
    /// A split of ADE20K's folder `base`. Label images in annotations_detectron2 that are missing are made of
    /// annotations, as the official prepare_ade20k_sem_seg.py does: minus 1, 0 wrapping to 255 = ignore. The
    /// panoptic list, where it is wanted and missing, is made of annotations_instance.
    static func open(
        name: String, split: ADE20KSplit, base: String, _ bounds: FileBounds, wantsPanoptic: Bool,
        note: (String) -> Void
    ) throws -> SegmentationDataset {
        let pairs = try semanticPairs(base, split: split, name: name, note: note)
        let semantic = SegmentationDataset(
            name: name, classes: .ade20k, labelMap: LabelMap(classes: .ade20k), items: pairs.items,
            pairingProblems: pairs.problems)
        if !wantsPanoptic { return semantic }
        let list = FileTree.join(base, ADE20KPanoptic.list(of: split))
        if !FileTree.isFile(list) { try ADE20KPanoptic.prepare(base, split: split, note: note) }
        return try semantic.withPanoptic(
            .init(
                list: list, pictures: FileTree.join(base, ADE20KPanoptic.pictures(of: split)),
                classes: semantic.classes, bounds: bounds, allowsCoveredStuff: true)
        ) { $0.imageID.description }
    }

    /// Images with their labels in annotations_detectron2.
    static func semanticPairs(
        _ base: String, split: ADE20KSplit, name: String, note: (String) -> Void
    ) throws -> PairedFiles {
        let shifted = base + "/annotations_detectron2/" + split.rawValue
        let source = base + "/annotations/" + split.rawValue
        try FileTree.require([
            base + "/images/" + split.rawValue, FileTree.isFolder(shifted) ? shifted : source,
        ])
        try makeShifted(from: source, in: shifted, name: name, note: note)
        return try pairs(base, split: split, labels: shifted)
    }

    /// Images with the PNGs of their names in the folder `labels`.
    static func pairs(_ base: String, split: ADE20KSplit, labels: String) throws -> PairedFiles {
        try PairedFiles(
            images: .init(
                folder: base + "/images/" + split.rawValue, suffix: nil, formats: [".jpg", ".jpeg", ".png"]),
            labels: .init(folder: labels, suffix: nil, formats: [".png"]))
    }

    private static func makeShifted(
        from source: String, in target: String, name: String, note: (String) -> Void
    ) throws {
        if !FileTree.isFolder(source) && FileTree.isFolder(target) { return }
        let names = try FileTree.files(in: source, suffixes: [".png"])
        try FileTree.make(target)
        let present = Set(try FileTree.files(in: target, suffixes: [".png"]))
        let jobs = names.filter { !present.contains($0) }.map {
            (FileTree.join(source, $0), FileTree.join(target, $0))
        }
        try DerivedLabels.make(jobs, dataset: name, kind: "annotations_detectron2", note: note) { labels, _ in
            LabelImage(size: labels.size, values: labels.values.map { ($0 &- 1) & 255 })
        }
    }
}
