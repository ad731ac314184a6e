import Annotations
import Images

/// COCO 2017 with panoptic annotations (133 classes), in its official layout: train2017 and val2017, beside them
/// annotations, panoptic_train2017 and panoptic_val2017.
enum COCODataset {
    /// `split` is train2017 or val2017 of COCO's folder `base`. Semantic labels are those of
    /// panoptic_semseg_SPLIT, where there are any; else they are made of the segments, with the same result.
    static func open(
        name: String, split: String, base: String, _ bounds: FileBounds
    ) throws -> SegmentationDataset {
        let (images, pictures) = (base + "/" + split, base + "/panoptic_" + split)
        try FileTree.require([images])
        let list = FileTree.join(base, panopticList(of: split))
        let missing = [list].filter { !FileTree.isFile($0) } + [pictures].filter { !FileTree.isFolder($0) }
        if !missing.isEmpty {
            throw DatasetError(
                name, missing.map { .other($0, "no such file or folder") },
                advice: "unpack panoptic_annotations_trainval2017.zip, and the archives in it, into \(base)")
        }
        let semantic = semanticFolder(base, split: split)
        let labelled =
            FileTree.isFolder(semantic) ? Set(try FileTree.files(in: semantic, suffixes: [".png"])) : []
        var problems: [DatasetProblem] = []
        let files = try PairedFiles.Side(folder: images, suffix: nil, formats: [".jpg", ".jpeg", ".png"])
            .listed(&problems)
        if files.isEmpty { problems.append(.noImages(folder: images)) }
        let dataset = SegmentationDataset(
            name: name, classes: .coco, labelMap: LabelMap(classes: .coco),
            items: files.map {
                let label = $0.key + ".png"
                return .init(
                    id: PairedFiles.identifier($0.key), imagePath: $0.path,
                    labelPath: labelled.contains(label) ? FileTree.join(semantic, label) : nil)
            }, pairingProblems: problems)
        // Images are numbered in the list; their names are those of the pictures.
        return try dataset.withPanoptic(.init(list: list, pictures: pictures, classes: .coco, bounds: bounds)) {
            FileTree.stem($0.fileName)
        }
    }

    /// The panoptic list of a split, in COCO's folder.
    static func panopticList(of split: String) -> String { "annotations/panoptic_\(split).json" }

    /// The instance list of a split, in COCO's folder.
    static func instanceList(of split: String) -> String { "annotations/instances_\(split).json" }

    /// The things of a split of COCO's folder `base`, of its instance list.
    static func openInstances(
        name: String, split: String, base: String, _ bounds: FileBounds
    ) throws -> SegmentationDataset {
        try SegmentationDataset(
            name: name, instanceList: FileTree.join(base, instanceList(of: split)),
            images: FileTree.join(base, split), .cocoThings, bounds)
    }

    private static func semanticFolder(_ base: String, split: String) -> String {
        FileTree.join(base, "panoptic_semseg_" + split)
    }

    /// Makes the label images of panoptic_semseg_SPLIT that are missing, as the official
    /// prepare_coco_semantic_annos_from_panoptic_annos.py does: class numbers 0 to 132, 255 for void. Throws
    /// `DatasetError`.
    static func prepare(_ base: String, split: String, _ bounds: FileBounds, note: (String) -> Void) throws {
        let dataset = try open(name: "coco", split: split, base: base, bounds)
        let problems = dataset.pairingProblems.filter(\.isBlocking)
        if !problems.isEmpty {
            throw DatasetError(
                "coco", problems, advice: "fetch the images or the annotations again")
        }
        let items = dataset.items.filter { $0.labelPath == nil }
        if items.isEmpty { return }
        note("coco: making the labels of \(items.count) images of \(split)")
        let target = semanticFolder(base, split: split)
        try FileTree.make(target)
        _ = try parallelMap(
            items.count, of: "coco", advice: "fetch the annotations again, or correct these files"
        ) { index in
            guard let labels = try dataset.labels(of: items[index]) else { return }
            try ImageFile.writePNG(labels: labels, bits: 8, to: FileTree.join(target, items[index].id + ".png"))
        }
    }
}
