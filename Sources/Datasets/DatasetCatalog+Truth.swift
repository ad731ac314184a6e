import Foundation

extension DatasetCatalog {
    /// Where the official panoptic list of a data set lies; nil for a data set without. `root` as for `open`.
    package static func panopticList(of name: String, root: String?) -> String? {
        if name.hasPrefix("folder:") { return describedPanopticList(of: name, root: root) }
        let root = folder(root)
        return switch entry(name) {
        case .cityscapes(let split, isPanoptic: true):
            CityscapesPanoptic.listPath(CityscapesDataset.folder(in: root), split: split)
        case .ade20k(let split, isPanoptic: true):
            ADE20KPanoptic.listPath(ADE20KDataset.folder(in: root), split: split)
        case .coco(let split), .cocoInstances(let split):
            COCODataset.listPath(COCODataset.folder(in: root), split: split)
        case .cityscapes, .cityscapesInstances, .ade20k, .ade20kInstances, nil: nil
        }
    }

    /// That of a `folder:FILE:SPLIT`; nil also where the file cannot be read.
    private static func describedPanopticList(of name: String, root: String?) -> String? {
        guard let (path, split) = try? folderParts(name) else { return nil }
        let environment = ProcessInfo.processInfo.environment
        return try? FolderDescription(path: path).panopticList(of: split, root: root, environment: environment)
    }

    /// The same of instances.
    package static func instanceList(of name: String, root: String?) -> String? {
        let root = folder(root)
        return switch entry(name) {
        case .ade20k(let split, isPanoptic: true), .ade20kInstances(let split):
            ADE20KInstances.listPath(ADE20KDataset.folder(in: root), split: split)
        case .coco(let split), .cocoInstances(let split):
            ListedInstances.cocoList(COCODataset.folder(in: root), split: split)
        case .cityscapes, .cityscapesInstances, .ade20k, nil: nil
        }
    }

    /// The folder of a Cityscapes data set's labelIds and instanceIds; nil for other data sets.
    package static func cityscapesLabels(of name: String, root: String?) -> String? {
        switch entry(name) {
        case .cityscapes(let split, _), .cityscapesInstances(let split):
            FileTree.join(CityscapesDataset.folder(in: folder(root)), "gtFine/" + split)
        default: nil
        }
    }
}
