/// Makes what training reads of what data sets are shipped with: `pem-data prepare`.
package enum DatasetPreparation {
    /// labelTrainIds, and the panoptic list and pictures, of the Cityscapes splits train and val under
    /// `root` that there are; files of the same names are replaced, but for labelTrainIds. `note` hears what
    /// is made. Throws `DatasetError`.
    package static func cityscapes(root: String, note: (String) -> Void) throws {
        let base = CityscapesDataset.folder(in: root)
        let splits = ["train", "val"].filter { FileTree.isFolder(base + "/gtFine/" + $0) }
        guard !splits.isEmpty else {
            throw DatasetError(
                "cityscapes", [.missingFolder(base + "/gtFine/train")],
                advice: "set --root, or DETECTRON2_DATASETS, to the folder that holds cityscapes"
                    + " (now \(root))")
        }
        for split in splits {
            try CityscapesDataset.makeTrainIDs(in: base + "/gtFine/" + split, name: "cityscapes", note: note)
            try CityscapesPanoptic.prepare(base, split: split, note: note)
        }
    }
}
