import Annotations
import Files
import Foundation

/// A description file (JSON) of a folder of images and label images.
///
///     {
///       "name": "camvid",
///       "root": "${CAMVID_ROOT:-../Datasets/camvid}",
///       "classes": [{"name": "sky", "color": [70, 130, 180]}, "tree",
///                   {"name": "car", "color": [0, 0, 142], "thing": true}],
///       "ignore_label": 11,
///       "label_map": {"0": 0, "7": 1, "other": 11},
///       "train": {"images": "images/train", "labels": "labels/train"},
///       "val": {"images": "images/val", "labels": "labels/val", "label_suffix": "_labels.png"}
///     }
///
/// Everything but classes and at least one split may be left out; classes without a colour get one of their own.
/// Without `root`, folders are relative to the file. A split has objects told apart (panoptic) in one of three ways:
///
///     "val": {"images": "images/val", "labels": "labels/val", "instances": "instances/val"}
///
/// Grey PNGs of 1 to 16 bits beside the labels: pixels of one class of things and one number are an object, those
/// of number 0 a crowd region; the numbers of other pixels are ignored.
///
///     "val": {"images": "images/val", "panoptic_json": "val.json", "panoptic_root": "val"}
///
/// COCO's panoptic format; each picture is named as its image. Without "labels" the labels are made of the
/// segments, without "panoptic_root" the pictures lie in the folder of the JSON's name. A class has the number that
/// the list gives its category as "category": 7; without, the index of the class, from 0.
///
///     "instances": "connected"
///
/// For the whole file: what is connected in the labels, over edges and corners, is one object of a class of things.
///
///     "val": {"images": "images", "instances_json": "val.json"}
///
/// COCO's instance format: objects that may overlap, and no labels. Classes are things where they do not say
/// otherwise; "category" is as above.
///
///     "reduce_zero_label": true
///
/// For the whole file, in the place of a label map: number 0 is ignored, and number 1 is class 0 (mmsegmentation's
/// `reduce_zero_label`). Label images are read so once; nothing else takes a background away.
///
///     "label_colors": true, "ignore_color": [0, 0, 0]
///
/// For the whole file: label images hold the classes' colours; those of the ignore colour, if there is one, count as
/// the ignore label.
///
///     "train": {"images": "JPEGImages", "labels": "SegmentationClass", "list": "ImageSets/train.txt"}
///     "val": {"images": "images", "labels": "labels", "fraction": [0.8, 1]}
///
/// A split may be a part of its folders: the images that a text file names, one a line, with their endings or without;
/// or a fraction of them all, in an order that depends on nothing but their names.
package struct FolderDescription: Sendable {
    /// Where the parts of a split lie, relative to the root, and how the names of their files end.
    struct Split: Sendable {
        let images: String
        let imageSuffix: String?
        /// Nil where the labels follow from the segments.
        let labels: String?
        let labelSuffix: String?
        let objects: Objects
        let part: Part
    }

    /// Which images of its folders belong to a split.
    enum Part: Sendable, Equatable {
        case whole
        /// Those that this file names.
        case list(String)
        /// Of all, between two fractions.
        case fraction(Double, Double)
    }

    /// What tells the objects of a split apart.
    enum Objects: Sendable {
        case nothing, connected
        case numbers(folder: String, suffix: String?)
        case list(path: String, pictures: String, suffix: String?)
        /// They may overlap.
        case instanceList(path: String)
    }

    package let path: String
    /// The data set's name.
    package let name: String
    /// The classes that its label map leads to.
    package let classes: ClassTable
    /// Names of the splits there are, as in the file: any key but those named here.
    package var splitNames: [String] { splits.keys.sorted() }
    let labelMap: LabelMap
    let splits: [String: Split]
    /// As written. Variables are filled in when a split is opened, and only if the caller gives no root.
    let root: String?

    /// Reads and checks a description. Throws `DatasetError` that names file and key.
    package init(path: String) throws {
        let reader = try JSONReader(path: path)
        try reader.allow(
            Self.keys, orObjectsWith: ["images", "labels"],
            meaning: "; every split has a key of its own, such as train or val, with {\"images\": FOLDER, …}")
        self.path = path
        name = try reader.text("name") ?? Self.stem(path)
        root = try reader.text("root")
        classes = try Self.classes(reader)
        labelMap = try Self.labelMap(reader, classes)
        splits = try Self.splits(reader)
    }

    /// One split as a data set. `root` replaces the file's own. Throws `DatasetError`.
    package func open(
        split: String, root override: String?, allowsOutside: Bool = false, environment: [String: String]
    ) throws -> SegmentationDataset {
        guard let folders = splits[split] else {
            throw DatasetError(
                path, [.other(split, "no such part of the data set")],
                advice: "use one of: " + splitNames.joined(separator: ", "))
        }
        let root = try override ?? ownRoot(environment)
        do {
            return try open(folders, name: "\(name)_\(split)", .init(root: root, allowsOutside: allowsOutside))
        } catch let error as DatasetError {
            throw DatasetError(
                "\(name)_\(split), described by \(path)", error.problems, advice: rootAdvice(root))
        }
    }

    private func rootAdvice(_ root: String) -> String {
        var ways = ["DATASETS.ROOT (--root)"]
        if let name = self.root.flatMap(EnvironmentText.firstName(in:)) {
            ways.insert("the variable \(name)", at: 0)
        }
        return "set " + ways.joined(separator: ", or ") + " to the folder that holds them (now \(root))"
    }

    func ownRoot(_ environment: [String: String]) throws -> String {
        let folder = FileSystem.folder(of: path)
        guard let root else { return folder }
        return FileTree.resolve(
            try EnvironmentText.expanded(root, environment: environment, path: path, key: "root"), in: folder)
    }

    private static func stem(_ path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }
}
