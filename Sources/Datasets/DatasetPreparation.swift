/// Makes what training reads of what data sets are shipped with: `pem-data prepare`.
package enum DatasetPreparation {
    /// labelTrainIds, and the panoptic list and pictures, of the Cityscapes splits train and val under
    /// `root` that there are; files of the same names are replaced, but for labelTrainIds. `note` hears what
    /// is made. Throws `DatasetError`.
    package static func cityscapes(root: String, note: (String) -> Void) throws {
        let base = CityscapesDataset.folder(in: root)
        for split in try splits(["train", "val"], in: base + "/gtFine", of: "cityscapes", root: root) {
            try CityscapesDataset.makeTrainIDs(in: base + "/gtFine/" + split, name: "cityscapes", note: note)
            try CityscapesPanoptic.prepare(base, split: split, note: note)
        }
    }

    /// annotations_detectron2, ade20k_panoptic_* (list and pictures) and ade20k_instance_*.json of the ADE20K
    /// splits under `root` that there are; files of the same names are replaced, but for the first. Throws
    /// `DatasetError`.
    package static func ade20k(root: String, note: (String) -> Void) throws {
        let base = ADE20KDataset.folder(in: root)
        let names = ADE20KSplit.allCases.map(\.rawValue)
        let found = try splits(names, in: base + "/images", of: "ADEChallengeData2016", root: root)
        for split in found.compactMap(ADE20KSplit.init(rawValue:)) {
            try ADE20KPanoptic.prepare(base, split: split, note: note)
            try ADE20KInstances.prepare(base, split: split, note: note)
        }
    }

    /// panoptic_semseg_train2017 and _val2017 of the COCO splits under `root` that there are, as far as they
    /// are missing. Throws `DatasetError`.
    package static func coco(root: String, note: (String) -> Void) throws {
        let base = COCODataset.folder(in: root)
        for split in try splits(["train2017", "val2017"], in: base, of: "coco", root: root) {
            try COCODataset.prepare(base, split: split, note: note)
        }
    }

    /// Those of `names` that are folders of `parent`, at least one.
    private static func splits(
        _ names: [String], in parent: String, of dataset: String, root: String
    ) throws -> [String] {
        let found = names.filter { FileTree.isFolder(parent + "/" + $0) }
        if !found.isEmpty { return found }
        throw DatasetError(
            dataset, [.missingFolder(parent + "/" + (names.first ?? ""))],
            advice: "set --root, or DETECTRON2_DATASETS, to the folder that holds \(dataset) (now \(root))")
    }
}
