import Annotations
import Foundation

/// Data sets by the names that configurations use: one of a family's, under the root, or `folder:FILE:SPLIT`.
package enum DatasetCatalog {
    /// Names under the root.
    package static var names: [String] { DatasetFamily.all.flatMap(\.members).map(\.name) }

    /// The classes of a data set, by its name alone; nil where it is unknown, or its description cannot be read.
    package static func classes(of name: String) -> ClassTable? {
        if let described = try? DescribedName(name) { return try? FolderDescription(path: described.path).classes }
        return member(name)?.member.classes
    }

    /// The classes of a data set that a file describes; nil for any other. Throws `DatasetError`.
    package static func describedClasses(of name: String) throws -> ClassTable? {
        guard name.hasPrefix(DescribedName.prefix) else { return nil }
        return try FolderDescription(path: DescribedName(name).path).classes
    }

    /// Where official ground truth of a data set lies; nil where it has none. `root` as for `open`.
    package static func path(of truth: OfficialTruth, _ name: String, root: String?) -> String? {
        let environment = ProcessInfo.processInfo.environment
        if let described = try? DescribedName(name) {
            return try? FolderDescription(path: described.path).path(
                of: truth, described.split, root: root, environment: environment)
        }
        guard let (family, member) = member(name), let path = member.truth[truth] else { return nil }
        return FileTree.join(family.base(in: folder(root, environment: environment)), path)
    }

    private static func member(_ name: String) -> (family: DatasetFamily, member: DatasetFamily.Member)? {
        for family in DatasetFamily.all {
            if let member = family.members.first(where: { $0.name == name }) { return (family, member) }
        }
        return nil
    }

    /// The folder that holds the data sets: `root`, else the environment's DETECTRON2_DATASETS, else Datasets.
    package static func folder(
        _ root: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        root ?? environment["DETECTRON2_DATASETS"] ?? "Datasets"
    }

    /// Opens a data set by name: one of `names` under `root` (default: the environment's DETECTRON2_DATASETS,
    /// else Datasets), or `folder:FILE:SPLIT`, FILE being a description (`FolderDescription`) relative to
    /// `folder`, whose own root is used unless `root` is given. Files that lists name lie under the root or in the
    /// folder of images unless `allowsOutside`. Derived label images that are missing are made; `note` is told. Throws
    /// `DatasetError`; `check` reports files without a partner.
    package static func open(
        name: String, root: String? = nil, relativeTo folder: String = ".", allowsOutside: Bool = false,
        environment: [String: String] = ProcessInfo.processInfo.environment, note: (String) -> Void = { _ in }
    ) throws -> SegmentationDataset {
        if name.hasPrefix(DescribedName.prefix) {
            let described = try DescribedName(name)
            let description = try FolderDescription(path: FileTree.resolve(described.path, in: folder))
            return try description.open(
                split: described.split, root: root, allowsOutside: allowsOutside, environment: environment)
        }
        guard let (family, member) = member(name) else {
            throw DatasetError(
                name, [.other("", "no such data set")],
                advice: "use folder:FILE.json:SPLIT or one of: " + names.joined(separator: ", "))
        }
        let root = Self.folder(root, environment: environment)
        do {
            let bounds = FileBounds(root: root, allowsOutside: allowsOutside)
            return try member.open(name, family.base(in: root), bounds, note)
        } catch let error as DatasetError {
            throw DatasetError(
                name, error.problems,
                advice: isMissing(error)
                    ? "set DATASETS.ROOT (--root), or DETECTRON2_DATASETS, to the folder that holds"
                        + " the data sets (now \(root))"
                    : error.advice)
        }
    }

    private static func isMissing(_ error: DatasetError) -> Bool {
        error.problems.contains { if case .missingFolder = $0 { true } else { false } }
    }
}
