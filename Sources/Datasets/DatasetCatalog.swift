import Foundation

/// Data sets by the names configurations use.
package enum DatasetCatalog {
    /// Names under the root, detectron2's. Panoptic data sets have their semantic labels, too.
    package static let names: [String] = [
        "cityscapes_fine_sem_seg_train", "cityscapes_fine_sem_seg_val", "cityscapes_fine_sem_seg_test",
        "cityscapes_fine_panoptic_train", "cityscapes_fine_panoptic_val",
        "ade20k_sem_seg_train", "ade20k_sem_seg_val", "ade20k_panoptic_train", "ade20k_panoptic_val",
    ]

    /// Opens a data set by name: one of `names` under `root` (default: the environment's DETECTRON2_DATASETS,
    /// else Datasets), or `folder:FILE:SPLIT`, FILE being a description (`FolderDescription`) relative to
    /// `folder`, whose own root is used unless `root` is given. Derived label images that are missing are
    /// made; `note` hears of that. Throws `DatasetError`; files without a partner are not errors here but of
    /// `check`.
    package static func open(
        name: String, root: String? = nil, relativeTo folder: String = ".",
        environment: [String: String] = ProcessInfo.processInfo.environment, note: (String) -> Void = { _ in }
    ) throws -> SegmentationDataset {
        if name.hasPrefix("folder:") {
            let (path, split) = try folderParts(name)
            let description = try FolderDescription(path: FileTree.resolve(path, in: folder))
            return try description.open(split: split, root: root, environment: environment)
        }
        guard names.contains(name) else {
            throw DatasetError(
                name, [.other("", "no such data set")],
                advice: "use folder:FILE.json:SPLIT or one of: " + names.joined(separator: ", "))
        }
        let split = String(name.split(separator: "_").last ?? "")
        let isPanoptic = name.contains("_panoptic_")
        let place = root ?? environment["DETECTRON2_DATASETS"] ?? "Datasets"
        do {
            if name.hasPrefix("cityscapes") {
                return try CityscapesDataset.open(
                    name: name, split: split, root: place, wantsPanoptic: isPanoptic, note: note)
            }
            let official = split == "train" ? "training" : "validation"
            return try ADE20KDataset.open(
                name: name, split: official, root: place, wantsPanoptic: isPanoptic, note: note)
        } catch let error as DatasetError {
            throw DatasetError(
                name, error.problems,
                advice: isMissing(error)
                    ? "set DATASETS.ROOT (--root), or DETECTRON2_DATASETS, to the folder that holds"
                        + " the data sets (now \(place))"
                    : error.advice)
        }
    }

    private static func isMissing(_ error: DatasetError) -> Bool {
        error.problems.contains { if case .missingFolder = $0 { true } else { false } }
    }

    private static func folderParts(_ name: String) throws -> (path: String, split: String) {
        let body = name.dropFirst("folder:".count)
        guard let colon = body.lastIndex(of: ":"), colon != body.startIndex,
            body.index(after: colon) != body.endIndex
        else {
            throw DatasetError(
                name, [.other("", "expected folder:FILE.json:SPLIT")],
                advice: "for example folder:camvid.json:train")
        }
        return (String(body[..<colon]), String(body[body.index(after: colon)...]))
    }
}
