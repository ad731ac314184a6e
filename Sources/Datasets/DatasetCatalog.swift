import Annotations
import Foundation

/// Data sets by the names configurations use.
package enum DatasetCatalog {
    /// A data set under the root, by detectron2's name. Panoptic data sets have their semantic labels, too.
    enum Entry {
        case cityscapes(split: String, isPanoptic: Bool = false)
        case ade20k(split: ADE20KSplit, isPanoptic: Bool = false)
        case coco(split: String)
        case cityscapesInstances(split: String)
        case ade20kInstances(split: ADE20KSplit)
        case cocoInstances(split: String)

        var classes: ClassTable {
            switch self {
            case .cityscapes: .cityscapes
            case .ade20k: .ade20k
            case .coco: .coco
            case .cityscapesInstances: ClassTable.cityscapes.things
            case .ade20kInstances: .ade20kThings
            case .cocoInstances: .cocoThings
            }
        }

        func open(_ name: String, root: String, note: (String) -> Void) throws -> SegmentationDataset {
            switch self {
            case .cityscapes(let split, let isPanoptic):
                try CityscapesDataset.open(
                    name: name, split: split, root: root, wantsPanoptic: isPanoptic, note: note)
            case .ade20k(let split, let isPanoptic):
                try ADE20KDataset.open(
                    name: name, split: split, root: root, wantsPanoptic: isPanoptic, note: note)
            case .coco(let split):
                try COCODataset.open(name: name, split: split, base: COCODataset.folder(in: root))
            case .cityscapesInstances(let split):
                try CityscapesDataset.openInstances(name: name, split: split, root: root)
            case .ade20kInstances(let split):
                try ListedInstances.ade20k(name: name, split: split, root: root, note: note)
            case .cocoInstances(let split):
                try ListedInstances.coco(name: name, split: split, base: COCODataset.folder(in: root))
            }
        }
    }

    private static let entries: KeyValuePairs<String, Entry> = [
        "cityscapes_fine_sem_seg_train": .cityscapes(split: "train"),
        "cityscapes_fine_sem_seg_val": .cityscapes(split: "val"),
        "cityscapes_fine_sem_seg_test": .cityscapes(split: "test"),
        "cityscapes_fine_panoptic_train": .cityscapes(split: "train", isPanoptic: true),
        "cityscapes_fine_panoptic_val": .cityscapes(split: "val", isPanoptic: true),
        "ade20k_sem_seg_train": .ade20k(split: .training),
        "ade20k_sem_seg_val": .ade20k(split: .validation),
        "ade20k_panoptic_train": .ade20k(split: .training, isPanoptic: true),
        "ade20k_panoptic_val": .ade20k(split: .validation, isPanoptic: true),
        "coco_2017_train_panoptic": .coco(split: "train2017"),
        "coco_2017_val_panoptic": .coco(split: "val2017"),
        "coco_2017_train_panoptic_with_sem_seg": .coco(split: "train2017"),
        "coco_2017_val_panoptic_with_sem_seg": .coco(split: "val2017"),
        "cityscapes_fine_instance_seg_train": .cityscapesInstances(split: "train"),
        "cityscapes_fine_instance_seg_val": .cityscapesInstances(split: "val"),
        "ade20k_instance_train": .ade20kInstances(split: .training),
        "ade20k_instance_val": .ade20kInstances(split: .validation),
        "coco_2017_train": .cocoInstances(split: "train2017"),
        "coco_2017_val": .cocoInstances(split: "val2017"),
    ]

    /// Names under the root.
    package static var names: [String] { entries.map(\.key) }

    /// The classes of a data set under the root; nil where it is none of `names`.
    package static func classes(of name: String) -> ClassTable? {
        entry(name)?.classes
    }

    static func entry(_ name: String) -> Entry? { entries.first { $0.key == name }?.value }

    /// The folder that holds the data sets: `root`, else the environment's DETECTRON2_DATASETS, else Datasets.
    package static func folder(
        _ root: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        root ?? environment["DETECTRON2_DATASETS"] ?? "Datasets"
    }

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
        guard let entry = entry(name) else {
            throw DatasetError(
                name, [.other("", "no such data set")],
                advice: "use folder:FILE.json:SPLIT or one of: " + names.joined(separator: ", "))
        }
        let place = Self.folder(root, environment: environment)
        do {
            return try entry.open(name, root: place, note: note)
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

    static func folderParts(_ name: String) throws -> (path: String, split: String) {
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
