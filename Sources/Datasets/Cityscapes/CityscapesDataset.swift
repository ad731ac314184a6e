import Annotations

/// Cityscapes with fine annotations, in its official layout: leftImg8bit and gtFine in one folder.
enum CityscapesDataset {
    private static let imageSuffix = "_leftImg8bit.png"
    private static let trainSuffix = "_gtFine_labelTrainIds.png"
    private static let idSuffix = "_gtFine_labelIds.png"

    /// The split train, val or test of the Cityscapes folder `base`. labelTrainIds images that are missing are made of
    /// labelIds, and the panoptic list, where it is wanted and missing, of instanceIds.
    static func open(
        name: String, split: String, base: String, _ bounds: FileBounds, wantsPanoptic: Bool, note: (String) -> Void
    ) throws -> SegmentationDataset {
        let images = PairedFiles.Side(
            folder: base + "/leftImg8bit/" + split, suffix: imageSuffix, formats: [])
        let annotations = base + "/gtFine/" + split
        if split == "test" && !FileTree.isFolder(annotations) {
            var problems: [DatasetProblem] = []
            let items = try images.listed(&problems).map {
                SegmentationDataset.Item(id: PairedFiles.identifier($0.key), imagePath: $0.path, labelPath: nil)
            }
            return dataset(name, items, problems)
        }
        try FileTree.require([images.folder, annotations])
        try makeTrainIDs(in: annotations, name: name, note: note)
        let pairs = try PairedFiles(
            images: images, labels: .init(folder: annotations, suffix: trainSuffix, formats: []))
        let semantic = dataset(name, pairs.items, pairs.problems)
        return wantsPanoptic ? try panoptic(semantic, base, bounds, split: split, note: note) : semantic
    }

    /// Things alone, numbered from 0, of instanceIds; there are no class numbers of pixels.
    static func openInstances(name: String, split: String, base: String) throws -> SegmentationDataset {
        let pairs = try PairedFiles(
            images: .init(folder: base + "/leftImg8bit/" + split, suffix: imageSuffix, formats: []),
            labels: .init(
                folder: base + "/gtFine/" + split, suffix: CityscapesPanoptic.instanceSuffix, formats: []))
        let things = ClassTable.cityscapes.things
        return SegmentationDataset(
            name: name, classes: things, labelMap: LabelMap(classes: things),
            items: pairs.items.map { item in
                .init(
                    id: identifier(item), imagePath: item.imagePath, labelPath: nil,
                    instances: item.labelPath.map { .init(path: $0, content: .instanceIDs) })
            }, pairingProblems: pairs.problems)
    }

    private static func panoptic(
        _ semantic: SegmentationDataset, _ base: String, _ bounds: FileBounds, split: String, note: (String) -> Void
    ) throws -> SegmentationDataset {
        let list = FileTree.join(base, CityscapesPanoptic.list(of: split))
        if !FileTree.isFile(list) { try CityscapesPanoptic.prepare(base, split: split, note: note) }
        return try semantic.withPanoptic(
            .init(
                list: list, pictures: FileTree.join(base, CityscapesPanoptic.pictures(of: split)),
                classes: semantic.classes, bounds: bounds)
        ) { $0.imageID.description }
    }

    private static func dataset(
        _ name: String, _ items: [SegmentationDataset.Item], _ problems: [DatasetProblem]
    ) -> SegmentationDataset {
        let named = items.map { item in
            SegmentationDataset.Item(
                id: identifier(item), imagePath: item.imagePath, labelPath: item.labelPath)
        }
        return SegmentationDataset(
            name: name, classes: .cityscapes, labelMap: LabelMap(classes: .cityscapes), items: named,
            pairingProblems: problems)
    }

    /// city_sequence_frame: the city is in the file's name already.
    private static func identifier(_ item: SegmentationDataset.Item) -> String {
        let path = item.imagePath.dropLast(imageSuffix.count)
        return String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }

    /// labelTrainIds of the labelIds that have none yet.
    static func makeTrainIDs(in folder: String, name: String, note: (String) -> Void) throws {
        let present = Set(try FileTree.files(in: folder, suffixes: [trainSuffix]))
        let jobs = try FileTree.files(in: folder, suffixes: [idSuffix]).map { source in
            let target = source.dropLast(idSuffix.count) + trainSuffix
            return (source: FileTree.join(folder, source), target: String(target))
        }.filter { !present.contains($0.target) }.map { ($0.source, FileTree.join(folder, $0.target)) }
        try DerivedLabels.make(jobs, dataset: name, kind: "labelTrainIds", note: note) { labels, path in
            try idMap.apply(to: labels, path: path)
        }
    }

    /// labelTrainIds of labelIds that are known to be good.
    static func trainIDs(of ids: LabelImage) -> LabelImage {
        LabelImage(size: ids.size, values: ids.values.map { CityscapesLabel.trainIDs[Int($0)] })
    }

    /// 34 labels; a number beyond them is an error that names the file.
    private static let idMap = LabelMap(
        classes: .cityscapes,
        mapping: Dictionary(uniqueKeysWithValues: CityscapesLabel.all.map { ($0.id, $0.trainID) }))
}
