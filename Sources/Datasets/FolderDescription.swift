import Annotations
import Foundation

/// What a description file (JSON) says about a folder of images and label images.
///
///     {
///       "name": "camvid",
///       "root": "${CAMVID_ROOT:-../Datasets/camvid}",
///       "classes": [{"name": "sky", "color": [70, 130, 180]},
///                   {"name": "car", "color": [0, 0, 142], "thing": true}],
///       "ignore_label": 11,
///       "label_map": {"0": 0, "7": 1, "other": 11},
///       "train": {"images": "images/train", "labels": "labels/train"},
///       "val": {"images": "images/val", "labels": "labels/val", "label_suffix": "_labels.png"}
///     }
///
/// Everything but classes and at least one split may be left out. Without `root`, folders are relative to the
/// file.
package struct FolderDescription: Sendable {
    /// Where the two halves of a split lie, relative to the root.
    struct Split: Sendable {
        let images, labels: String
        let imageSuffix, labelSuffix: String?
    }

    /// The file.
    package let path: String
    /// The data set's name.
    package let name: String
    /// The classes that its label map leads to.
    package let classes: ClassTable
    /// Names of the splits there are, as in the file: any key but those named here.
    package var splitNames: [String] { splits.keys.sorted() }
    let labelMap: LabelMap
    let splits: [String: Split]
    /// As written: variables are filled in when a split is opened, so that a root given by hand makes them
    /// unnecessary.
    let root: String?

    /// Reads and checks a description. Throws `DatasetError` that names file and key.
    package init(path: String) throws {
        let reader = try JSONReader(path: path)
        try reader.allow(
            ["name", "root", "classes", "ignore_label", "label_map"], alsoObjects: ["images", "labels"])
        self.path = path
        name = try reader.text("name") ?? Self.stem(path)
        root = try reader.text("root")
        classes = try Self.classes(reader)
        labelMap = try Self.labelMap(reader, classes)
        splits = try Self.splits(reader)
    }

    /// One split as a data set. `root` replaces the file's own. Throws `DatasetError`.
    package func open(
        split: String, root override: String?, environment: [String: String]
    ) throws -> SegmentationDataset {
        guard let folders = splits[split] else {
            throw DatasetError(
                path, [.other(split, "no such part of the data set")],
                advice: "use one of: " + splitNames.joined(separator: ", "))
        }
        let root = try override ?? ownRoot(environment)
        let formats = [".png", ".jpg", ".jpeg"]
        let images = PairedFiles.Side(
            folder: FileTree.resolve(folders.images, in: root), suffix: folders.imageSuffix, formats: formats)
        let labels = PairedFiles.Side(
            folder: FileTree.resolve(folders.labels, in: root), suffix: folders.labelSuffix, formats: [".png"]
        )
        let pairs: PairedFiles
        do {
            pairs = try PairedFiles(images: images, labels: labels)
        } catch let error as DatasetError {
            throw DatasetError(
                "\(name)_\(split), described by \(path)", error.problems, advice: rootAdvice(root))
        }
        return SegmentationDataset(
            name: "\(name)_\(split)", classes: classes, labelMap: labelMap, items: pairs.items,
            pairingProblems: pairs.problems)
    }

    private func rootAdvice(_ root: String) -> String {
        var ways = ["DATASETS.ROOT (--root)"]
        if let name = self.root.flatMap(EnvironmentText.firstName(in:)) {
            ways.insert("the variable \(name)", at: 0)
        }
        return "set " + ways.joined(separator: ", or ") + " to the folder that holds them (now \(root))"
    }

    private func ownRoot(_ environment: [String: String]) throws -> String {
        let folder = path.contains("/") ? (path as NSString).deletingLastPathComponent : "."
        guard let root else { return folder }
        return FileTree.resolve(
            try EnvironmentText.expanded(root, environment: environment, path: path, key: "root"), in: folder)
    }

    private static func stem(_ path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    private static func classes(_ reader: JSONReader) throws -> ClassTable {
        let rows = try reader.objects("classes")
        if rows.isEmpty { throw reader.fault("classes", "expected a list with at least one class") }
        let classes = try rows.map { row in
            try row.allow(["name", "color", "thing"])
            guard let name = try row.text("name") else { throw row.fault("name", "is missing") }
            let color = try row.integers("color") ?? [128, 128, 128]
            guard color.count == 3, color.allSatisfy({ 0...255 ~= $0 }) else {
                throw row.fault("color", "expected three numbers of 0 to 255")
            }
            return ClassTable.ClassDescription(
                name: name, color: .init(UInt8(color[0]), UInt8(color[1]), UInt8(color[2])),
                isThing: try row.boolean("thing") ?? false)
        }
        let ignoreLabel = try reader.integer("ignore_label") ?? 255
        if ignoreLabel >= 0, ignoreLabel < classes.count {
            throw reader.fault(
                "ignore_label", "\(ignoreLabel) is class \"\(classes[ignoreLabel].name)\" already")
        }
        guard classes.count...Int(UInt16.max) ~= ignoreLabel else {
            throw reader.fault("ignore_label", "expected \(classes.count) to 65535, got \(ignoreLabel)")
        }
        return ClassTable(classes, ignoreLabel: ignoreLabel)
    }

    private static func labelMap(_ reader: JSONReader, _ classes: ClassTable) throws -> LabelMap {
        guard let entries = try reader.object("label_map") else { return LabelMap(classes: classes) }
        var mapping: [Int: Int] = [:]
        var other: Int?
        for key in entries.keys {
            let target = try entries.integer(key) ?? classes.ignoreLabel
            guard 0..<classes.count ~= target || target == classes.ignoreLabel else {
                throw entries.fault(
                    key, "expected a class (0 to \(classes.count - 1)) or the ignore label, got \(target)")
            }
            if key == "other" {
                other = target
            } else if let stored = UInt16(key) {
                mapping[Int(stored)] = target
            } else {
                throw entries.fault(key, "expected a number of 0 to 65535, or \"other\"")
            }
        }
        return LabelMap(classes: classes, mapping: mapping, other: other)
    }

    private static func splits(_ reader: JSONReader) throws -> [String: Split] {
        var splits: [String: Split] = [:]
        for key in reader.keys where !["name", "root", "classes", "ignore_label", "label_map"].contains(key) {
            guard let folders = try reader.object(key) else { continue }
            try folders.allow(["images", "labels", "image_suffix", "label_suffix"])
            guard let images = try folders.text("images") else { throw folders.fault("images", "is missing") }
            guard let labels = try folders.text("labels") else { throw folders.fault("labels", "is missing") }
            splits[key] = Split(
                images: images, labels: labels, imageSuffix: try folders.text("image_suffix"),
                labelSuffix: try folders.text("label_suffix"))
        }
        if splits.isEmpty {
            throw reader.fault("train", "is missing (expected {\"images\": FOLDER, \"labels\": FOLDER})")
        }
        return splits
    }
}
