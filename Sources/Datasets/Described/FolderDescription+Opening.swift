import Annotations

extension FolderDescription {
    /// The data set of a split whose paths are relative to `root`. Throws `DatasetError` for folders and lists that
    /// are missing or cannot be read.
    func open(_ split: Split, name: String, root: String) throws -> SegmentationDataset {
        let images = PairedFiles.Side(
            folder: FileTree.resolve(split.images, in: root), suffix: split.imageSuffix,
            formats: [".png", ".jpg", ".jpeg"])
        let dataset =
            if let labels = split.labels {
                try labelled(name, images, side(labels, split.labelSuffix, root))
            } else {
                try unlabelled(name, images)
            }
        switch split.objects {
        case .nothing: return dataset
        case .connected:
            return dataset.replacing(
                dataset.items.map { item in
                    item.withPanoptic(item.labelPath.map { .init(path: $0, form: .connected) })
                })
        case .numbers(let folder, let suffix):
            return try dataset.withObjectNumbers(side(folder, suffix, root))
        case .list(let path, let pictures, let suffix):
            let source = PanopticItems.Source(
                list: FileTree.resolve(path, in: root), pictures: FileTree.resolve(pictures, in: root),
                classes: classes)
            try FileTree.require([source.pictures])
            return try dataset.withPanoptic(source) { annotation in
                PairedFiles.identifier(side(pictures, suffix, root).key(of: annotation.fileName))
            }
        }
    }

    private func side(_ folder: String, _ suffix: String?, _ root: String) -> PairedFiles.Side {
        .init(folder: FileTree.resolve(folder, in: root), suffix: suffix, formats: [".png"])
    }

    private func labelled(
        _ name: String, _ images: PairedFiles.Side, _ labels: PairedFiles.Side
    ) throws -> SegmentationDataset {
        let pairs = try PairedFiles(images: images, labels: labels)
        return SegmentationDataset(
            name: name, classes: classes, labelMap: labelMap, items: pairs.items, pairingProblems: pairs.problems)
    }

    private func unlabelled(_ name: String, _ images: PairedFiles.Side) throws -> SegmentationDataset {
        try FileTree.require([images.folder])
        let files = try images.listed()
        return SegmentationDataset(
            name: name, classes: classes, labelMap: labelMap,
            items: files.map { .init(id: PairedFiles.identifier($0.key), imagePath: $0.path, labelPath: nil) },
            pairingProblems: files.isEmpty ? [.noImages(folder: images.folder)] : [])
    }

    /// The panoptic list of a split, nil where it has none. `root` replaces the file's own. Throws `DatasetError`.
    package func panopticList(
        of split: String, root override: String?, environment: [String: String]
    ) throws -> String? {
        guard case .list(let path, _, _)? = splits[split]?.objects else { return nil }
        return FileTree.resolve(path, in: try override ?? ownRoot(environment))
    }
}

extension SegmentationDataset {
    /// The same images, each with the picture of its objects' numbers; one without a partner is a problem.
    fileprivate func withObjectNumbers(_ side: PairedFiles.Side) throws -> SegmentationDataset {
        try FileTree.require([side.folder])
        var paths = Dictionary(
            try side.listed().map { (PairedFiles.identifier($0.key), $0.path) },
            uniquingKeysWith: { first, _ in first })
        var problems: [DatasetProblem] = []
        let numbered = items.map { item in
            let path = paths.removeValue(forKey: item.id)
            if path == nil {
                problems.append(
                    .other(item.imagePath, "has no instance image (expected \(item.id) in \(side.folder))"))
            }
            return item.withPanoptic(path.map { .init(path: $0, form: .objectNumbers) })
        }
        problems += paths.values.sorted().map { .other($0, "instance image without an image and labels") }
        return replacing(numbered, problems: pairingProblems + problems)
    }
}
