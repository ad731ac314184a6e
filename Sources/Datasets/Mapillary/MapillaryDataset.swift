/// Mapillary Vistas in its official layout: training and validation, in each images, labels (class numbers, 65 is
/// unlabelled) and panoptic. Nothing is made of these files: training reads them as they are shipped.
enum MapillaryDataset {
    /// `split` is training or validation of the folder `base`.
    static func open(name: String, split: String, base: String) throws -> SegmentationDataset {
        let labels = try shipped("labels", of: split, base, name: name)
        let pairs = try PairedFiles(
            images: .init(
                folder: FileTree.join(base, split + "/images"), suffix: nil, formats: [".jpg", ".jpeg", ".png"]),
            labels: .init(folder: labels, suffix: nil, formats: [".png"]))
        return SegmentationDataset(
            name: name, classes: .mapillary, labelMap: LabelMap(classes: .mapillary), items: pairs.items,
            pairingProblems: pairs.problems)
    }

    /// The same with the segments of the panoptic list, which is in the folder of its pictures.
    static func openPanoptic(
        name: String, split: String, base: String, _ bounds: FileBounds
    ) throws -> SegmentationDataset {
        let dataset = try open(name: name, split: split, base: base)
        let pictures = try shipped("panoptic", of: split, base, name: name)
        let list = FileTree.join(base, panopticList(of: split))
        return try dataset.withPanoptic(.init(list: list, pictures: pictures, classes: .mapillary, bounds: bounds)) {
            FileTree.stem($0.fileName)
        }
    }

    /// The panoptic list of a split, in the folder of the data set.
    static func panopticList(of split: String) -> String { split + "/panoptic/panoptic_2018.json" }

    /// The folder `kind` of a split. The archive of version 2.0 has the annotations of 1.2, which are these, one folder
    /// deeper. Throws `DatasetError` where they lie there.
    private static func shipped(_ kind: String, of split: String, _ base: String, name: String) throws -> String {
        let folder = FileTree.join(base, split + "/" + kind)
        let deeper = FileTree.join(base, split + "/v1.2/" + kind)
        if !FileTree.isFolder(folder), FileTree.isFolder(deeper) {
            throw DatasetError(
                name, [.other(folder, "no such folder")], advice: "move \(deeper) here, or make a link to it")
        }
        return folder
    }
}
