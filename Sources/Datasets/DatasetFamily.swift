import Annotations
import Files

/// Data sets of one origin: they lie in one folder under the root, in one layout, and are prepared together.
package struct DatasetFamily: Sendable {
    /// All families; a new one is declared in a folder of its own and named here.
    package static let all: [DatasetFamily] = [
        .cityscapes, .ade20k, .ade20kFull, .coco, .cocoStuff, .mapillary,
    ]

    /// As `pem-data prepare` and messages name it.
    package let name: String
    /// Its folder under the root.
    let folder: String
    /// Folders in it: a root that holds one of them is taken for the folder itself.
    let contents: [String]
    /// Its data sets.
    package let members: [Member]
    /// Nil where training reads the files as they are shipped.
    package let preparation: Preparation?

    /// A split with one kind of annotation.
    package struct Member: Sendable {
        /// Opens the data set of this name in the family's folder; files that lists name lie within the bounds;
        /// `note` is told what is made for it.
        typealias Opening =
            @Sendable (
                _ name: String, _ base: String, _ bounds: FileBounds, _ note: (String) -> Void
            ) throws -> SegmentationDataset

        /// As configurations name it: detectron2's name.
        package let name: String
        let classes: ClassTable
        /// What official scorers compare predictions with, by its path in the family's folder.
        let truth: [OfficialTruth: String]
        let open: Opening

        init(
            _ name: String, _ classes: ClassTable, truth: [OfficialTruth: String] = [:], open: @escaping Opening
        ) {
            self.name = name
            self.classes = classes
            self.truth = truth
            self.open = open
        }
    }

    /// How the files that training reads are made of those that are shipped.
    package struct Preparation: Sendable {
        /// What is made of what, for help.
        package let help: String
        /// Makes the files of a split in the family's folder; files that lists name lie within `bounds`, and of files
        /// of the same names those are replaced that `written` knows.
        typealias Making =
            @Sendable (
                _ base: String, _ bounds: FileBounds, _ written: FileList, _ note: (String) -> Void
            ) throws -> Void

        /// For each split a folder in the family's, which is there where the split is, and what makes its files.
        let splits: [(folder: String, make: Making)]
    }

    /// The family's folder under `root`.
    func base(in root: String) -> String {
        let inside = FileTree.join(root, folder)
        let isFolderItself =
            !FileTree.isFolder(inside) && contents.contains { FileTree.isFolder(FileTree.join(root, $0)) }
        return isFolderItself ? root : inside
    }

    /// Makes what training reads of the splits under `root` that there are: `pem-data prepare`. `note` is told what
    /// is made; files that lists name lie under the root unless it `allowsOutside`, and files that this program did not
    /// write are replaced only where it `overwrites`. Throws `DatasetError` or `FileError`.
    package func prepare(
        root: String, allowsOutside: Bool = false, overwrites: Bool = false, note: (String) -> Void
    ) throws {
        let base = base(in: root)
        let splits = preparation?.splits ?? []
        let found = splits.filter { FileTree.isFolder(FileTree.join(base, $0.folder)) }
        if found.isEmpty, let first = splits.first {
            throw DatasetError(
                folder, [.missingFolder(FileTree.join(base, first.folder))],
                advice: "set --root, or DETECTRON2_DATASETS, to the folder that holds \(folder) (now \(root))")
        }
        let bounds = FileBounds(root: root, allowsOutside: allowsOutside)
        let output = try OutputFolder(base, overwrites: overwrites, note: note)
        defer { output.close() }
        for split in found { try split.make(base, bounds, output.list, note) }
    }
}

/// Ground truth in the form that a data set's own scorers read.
package enum OfficialTruth: Sendable {
    /// COCO's panoptic JSON, beside the folder of its pictures.
    case panopticList
    /// COCO's instance JSON.
    case instanceList
    /// A folder of Cityscapes' labelIds and instanceIds.
    case cityscapesLabels
}
