import Annotations

/// A split whose pairs a preparation has put into images_detectron2 and annotations_detectron2.
struct PreparedSplit {
    /// The data set's folder.
    let base: String
    /// The split's folder in each of the two.
    let folder: String

    var images: String { FileTree.join(base, "images_detectron2/" + folder) }
    var labels: String { FileTree.join(base, "annotations_detectron2/" + folder) }
    var missing: [String] { [images, labels].filter { !FileTree.isFolder($0) } }

    /// The data set of the name `name`. Names of label images end in one of `formats`; the first of them is expected.
    /// `preparation` says how folders that are missing are made. Throws `DatasetError`.
    func open(
        _ name: String, _ classes: ClassTable, bits: Int? = nil, formats: [String], preparation: String
    ) throws -> SegmentationDataset {
        try FileTree.require([base])
        if !missing.isEmpty {
            throw DatasetError(name, missing.map { .other($0, "no such folder") }, advice: preparation)
        }
        let pairs = try PairedFiles(
            images: .init(folder: images, suffix: nil, formats: [".jpg", ".jpeg", ".png"]),
            labels: .init(folder: labels, suffix: nil, formats: formats))
        return SegmentationDataset(
            name: name, classes: classes, labelMap: LabelMap(classes: classes, bits: bits), items: pairs.items,
            pairingProblems: pairs.problems)
    }
}
