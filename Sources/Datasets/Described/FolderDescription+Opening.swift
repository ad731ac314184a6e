import Annotations

extension FolderDescription {
    /// The data set of a split whose paths are relative to the root of `bounds`. Throws `DatasetError` for folders and
    /// lists that are missing or cannot be read.
    func open(_ split: Split, name: String, _ bounds: FileBounds) throws -> SegmentationDataset {
        let root = bounds.root
        var selection: FileSelection?
        if case .list(let path) = split.part {
            selection = try FileSelection(FileTree.resolve(path, in: root), suffix: split.imageSuffix)
        }
        let dataset = try whole(split, name, selection, bounds)
        guard case .fraction(let start, let end) = split.part else { return dataset }
        let wanted = FileSelection.fraction(start, end, of: dataset.items.map(\.id))
        return dataset.replacing(dataset.items.filter { wanted.contains($0.id) })
    }

    private func whole(
        _ split: Split, _ name: String, _ selection: FileSelection?, _ bounds: FileBounds
    ) throws -> SegmentationDataset {
        let root = bounds.root
        if case .instanceList(let path) = split.objects {
            let dataset = try SegmentationDataset(
                name: name, instanceList: FileTree.resolve(path, in: root),
                images: FileTree.resolve(split.images, in: root), classes, bounds, allowsOtherCategories: true)
            return selection.map { dataset.selecting($0) } ?? dataset
        }
        let images = PairedFiles.Side(
            folder: FileTree.resolve(split.images, in: root), suffix: split.imageSuffix,
            formats: [".png", ".jpg", ".jpeg"], selection: selection)
        func side(_ folder: String, _ suffix: String?) -> PairedFiles.Side {
            .init(folder: FileTree.resolve(folder, in: root), suffix: suffix, formats: [".png"], selection: selection)
        }
        let files =
            if let labels = split.labels {
                try PairedFiles(images: images, labels: side(labels, split.labelSuffix))
            } else {
                try PairedFiles(images: images)
            }
        let dataset = SegmentationDataset(
            name: name, classes: classes, labelMap: labelMap, items: files.items, pairingProblems: files.problems)
        switch split.objects {
        case .nothing, .instanceList: return dataset
        case .connected:
            return dataset.replacing(
                dataset.items.map { item in
                    item.withPanoptic(item.labelPath.map { .init(path: $0, form: .connected) })
                })
        case .numbers(let folder, let suffix):
            return try dataset.withObjectNumbers(side(folder, suffix))
        case .list(let path, let pictures, let suffix):
            let source = PanopticItems.Source(
                list: FileTree.resolve(path, in: root), pictures: FileTree.resolve(pictures, in: root),
                classes: classes, bounds: bounds, isDescribed: true, isWhole: selection == nil)
            try FileTree.require([source.pictures])
            let names = side(pictures, suffix)
            return try dataset.withPanoptic(source) {
                PairedFiles.identifier(names.key(of: ListedFiles.relative($0.fileName, to: source.pictures)))
            }
        }
    }

    /// The list of a split, nil where it has none of this kind. `root` replaces the file's own. Throws `DatasetError`.
    package func path(
        of truth: OfficialTruth, _ split: String, root override: String?, environment: [String: String]
    ) throws -> String? {
        let list: String? =
            switch (truth, splits[split]?.objects) {
            case (.panopticList, .list(let path, _, _)), (.instanceList, .instanceList(let path)): path
            default: nil
            }
        return try list.map { FileTree.resolve($0, in: try override ?? ownRoot(environment)) }
    }
}

extension SegmentationDataset {
    /// The same images, each with the picture of its objects' numbers; one without a partner is a problem.
    fileprivate func withObjectNumbers(_ side: PairedFiles.Side) throws -> SegmentationDataset {
        try FileTree.require([side.folder])
        var problems: [DatasetProblem] = []
        var paths = Dictionary(
            try side.listed(&problems).map { (PairedFiles.identifier($0.key), $0.path) },
            uniquingKeysWith: { first, _ in first })
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

    /// The images that a list names; one that is not there is a problem.
    fileprivate func selecting(_ selection: FileSelection) -> SegmentationDataset {
        let keys = items.map { $0.id }
        let names = Set(selection.names.map(PairedFiles.identifier))
        return replacing(
            items.filter { names.contains($0.id) }, problems: pairingProblems + selection.problems(without: keys))
    }
}
