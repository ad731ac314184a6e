import Annotations
import Images

/// ADE20K scene parsing (150 classes) in its official layout, ADEChallengeData2016.
enum ADE20KDataset {
    /// `split` is training or validation. Label images in annotations_detectron2 that are missing are made of
    /// annotations, as the official prepare_ade20k_sem_seg.py does: minus 1, 0 wrapping to 255 = ignore.
    static func open(
        name: String, split: String, root: String, wantsPanoptic: Bool, note: (String) -> Void
    ) throws -> SegmentationDataset {
        let base = folder(in: root)
        let isPrepared = FileTree.isFolder(base + "/annotations_detectron2/" + split)
        try FileTree.require([
            base + "/images/" + split,
            base + (isPrepared ? "/annotations_detectron2/" : "/annotations/") + split,
        ])
        let shifted = base + "/annotations_detectron2/" + split
        try makeShifted(from: base + "/annotations/" + split, in: shifted, name: name, note: note)
        let pairs = try PairedFiles(
            images: .init(
                folder: base + "/images/" + split, suffix: nil, formats: [".jpg", ".jpeg", ".png"]),
            labels: .init(folder: shifted, suffix: nil, formats: [".png"]))
        let semantic = SegmentationDataset(
            name: name, classes: .ade20k, labelMap: LabelMap(classes: .ade20k), items: pairs.items,
            pairingProblems: pairs.problems)
        return wantsPanoptic ? try panoptic(semantic, base, split: split) : semantic
    }

    /// Without ade20k_panoptic_*.json the data set has its semantic labels only.
    private static func panoptic(
        _ semantic: SegmentationDataset, _ base: String, split: String
    ) throws -> SegmentationDataset {
        let pictures = base + "/ade20k_panoptic_" + (split == "training" ? "train" : "val")
        if !FileTree.isFile(pictures + ".json") { return semantic }
        let paired = try PanopticItems(
            semantic.items,
            .init(
                list: pictures + ".json", pictures: pictures,
                classes: semantic.classes, allowsCoveredSegments: true)
        ) { $0.imageID.description }
        return SegmentationDataset(
            name: semantic.name, classes: semantic.classes, labelMap: semantic.labelMap, items: paired.items,
            pairingProblems: semantic.pairingProblems + paired.problems)
    }

    /// `root`/ADEChallengeData2016, or `root` where that is the folder itself.
    private static func folder(in root: String) -> String {
        let inside = FileTree.join(root, "ADEChallengeData2016")
        let isHere = !FileTree.isFolder(inside) && FileTree.isFolder(FileTree.join(root, "annotations"))
        return isHere ? root : inside
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
            LabelImage(
                width: labels.width, height: labels.height, values: labels.values.map { ($0 &- 1) & 255 })
        }
    }
}
