/// Images and label images, matched by their names.
struct PairedFiles {
    private(set) var items: [SegmentationDataset.Item] = []
    private(set) var problems: [DatasetProblem] = []

    /// One kind of file: where, and how its names end. Without an ending of its own any of `formats` counts,
    /// and the name up to the extension makes the pair.
    struct Side {
        let folder: String
        let suffix: String?
        let formats: [String]
        /// Which of them count; nil: all.
        var selection: FileSelection?

        /// Path by what images and labels have in common; folders that hold themselves are added to `problems`.
        func listed(_ problems: inout [DatasetProblem]) throws -> [(key: String, path: String)] {
            var circles: [String] = []
            let files = try FileTree.files(in: folder, suffixes: suffix.map { [$0] } ?? formats, circles: &circles)
            problems += circles.map { .circle($0) }
            return files.map { (key(of: $0), FileTree.join(folder, $0)) }.filter {
                selection?.names.contains($0.key) ?? true
            }
        }

        /// What a file, by its path in the folder, has in common with its partners.
        func key(of relative: String) -> String {
            let length = suffix?.count ?? relative.split(separator: ".").last.map { $0.count + 1 } ?? 0
            return String(relative.dropLast(length))
        }
    }

    /// Images without labels. Throws `DatasetError` for a folder that is missing or cannot be listed.
    init(images: Side) throws {
        try FileTree.require([images.folder])
        let files = try images.listed(&problems)
        items = files.map { .init(id: Self.identifier($0.key), imagePath: $0.path, labelPath: nil) }
        problems += images.selection?.problems(without: files.map(\.key)) ?? []
        if files.isEmpty { problems.append(.noImages(folder: images.folder)) }
    }

    /// Throws `DatasetError` for folders that are missing or cannot be listed; everything else is a problem.
    init(images: Side, labels: Side) throws {
        try FileTree.require([images.folder, labels.folder])
        let labelFiles = try labels.listed(&problems)
        var labelPaths = Dictionary(
            labelFiles.map { ($0.key, $0.path) }, uniquingKeysWith: { first, _ in first })
        var seen: [String: String] = [:]
        let imageFiles = try images.listed(&problems)
        for (key, path) in imageFiles {
            if let first = seen.updateValue(path, forKey: key) {
                problems.append(.sameName(first, path))
            } else if let labelPath = labelPaths.removeValue(forKey: key) {
                items.append(.init(id: Self.identifier(key), imagePath: path, labelPath: labelPath))
            } else {
                let ending = labels.suffix ?? labels.formats.first ?? ""
                problems.append(
                    .missingLabels(image: path, expected: FileTree.join(labels.folder, key) + ending))
            }
        }
        problems += labelPaths.values.sorted().map { .missingImage(labels: $0) }
        problems += images.selection?.problems(without: imageFiles.map(\.key)) ?? []
        if imageFiles.isEmpty { problems.insert(.noImages(folder: images.folder), at: 0) }
    }

    /// Subfolders stay part of the name.
    static func identifier(_ key: String) -> String { key.split(separator: "/").joined(separator: "/") }
}
