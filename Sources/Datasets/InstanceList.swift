import Annotations

/// COCO's instance JSON, of which ADE20K's lists are the same.
package struct InstanceList: Decodable, Sendable {
    /// An object of an image.
    package struct Annotation: Decodable, Sendable {
        /// Its number in the list.
        package let id: Int
        /// The image it is in.
        package let imageID: ImageKey
        /// Its category, by the file's own numbers.
        package let category: Int
        /// Pixels; training can do without.
        package let area: Double?
        /// Whether it is a group of things that nobody told apart; nil: no.
        package let crowd: JSONFlag?
        /// Its shape.
        package let segmentation: MaskOutline

        enum CodingKeys: String, CodingKey {
            case id, imageID = "image_id", category = "category_id", area, crowd = "iscrowd", segmentation
        }
    }

    /// A class.
    package struct Category: Codable, Sendable {
        /// The file's own number.
        package let id: Int
        /// Training can do without.
        package let name: String?
    }

    /// In the order of the file.
    package let images: [PanopticList.Image]
    /// In the order of the file.
    package let annotations: [Annotation]
    /// In the order of the file.
    package let categories: [Category]
}

/// The images of an instance list with their objects.
struct InstanceItems {
    private(set) var items: [SegmentationDataset.Item] = []
    private(set) var problems: [DatasetProblem] = []

    /// Images lie in `folder`. Throws `DatasetError` for a list that cannot be read; what is wrong in it is a
    /// problem.
    init(list path: String, images folder: String, classes: ClassTable) throws {
        let list = try AnnotationFile.read(InstanceList.self, path: path)
        let numbers = classes.classNumbers
        problems += list.categories.filter { numbers[$0.id] == nil }.map {
            .other(path, "category \($0.id) is no class of this data set")
        }
        var objects: [ImageKey: [InstanceAnnotation.Object]] = [:]
        var seen: Set<Int> = []
        for annotation in list.annotations {
            guard seen.insert(annotation.id).inserted else {
                problems.append(.other(path, "annotation \(annotation.id) is listed twice"))
                continue
            }
            guard let number = numbers[annotation.category] else {
                problems.append(
                    .other(
                        path, "annotation \(annotation.id) has category \(annotation.category), which is no"
                            + " class of this data set"))
                continue
            }
            guard let outline = Self.drawable(annotation.segmentation) else { continue }
            objects[annotation.imageID, default: []].append(
                .init(
                    id: annotation.id, classNumber: number, isCrowd: annotation.crowd?.isSet ?? false,
                    area: annotation.area ?? 0, outline: outline))
        }
        var names: Set<ImageKey> = []
        for (index, image) in list.images.enumerated() {
            guard let fileName = image.fileName else {
                throw AnnotationFile.fault(path, "key file_name is missing in images.[\(index)]")
            }
            guard names.insert(image.id).inserted else {
                problems.append(.other(path, "image \(image.id) is listed twice"))
                continue
            }
            let annotation = InstanceAnnotation(
                path: path,
                content: .objects(
                    objects.removeValue(forKey: image.id) ?? [], height: image.height, width: image.width))
            items.append(
                .init(
                    id: FileTree.stem(fileName), imagePath: FileTree.join(folder, fileName), labelPath: nil,
                    instances: annotation))
        }
        items.sort { $0.imagePath < $1.imagePath }
        problems += objects.keys.map(\.description).sorted().map {
            .other(path, "image \($0) is annotated, but not in the list of images")
        }
    }

    /// PARITY: detectron2/data/datasets/coco.py passes over polygons of an odd number of values or of fewer
    /// than three points, and over objects that have no other.
    private static func drawable(_ outline: MaskOutline) -> MaskOutline? {
        guard case .polygons(let polygons) = outline else { return outline }
        let good = polygons.filter { $0.count >= 6 && $0.count % 2 == 0 }
        return good.isEmpty ? nil : .polygons(good)
    }
}

/// Data sets of instances that come as one list for all images.
enum ListedInstances {
    /// annotations/instances_SPLIT.json and SPLIT (train2017 or val2017) of COCO's folder `base`.
    static func coco(name: String, split: String, base: String) throws -> SegmentationDataset {
        try open(name, list: cocoList(base, split: split), images: FileTree.join(base, split), .cocoThings)
    }

    /// The list of a split of COCO's folder `base`.
    static func cocoList(_ base: String, split: String) -> String {
        FileTree.join(base, "annotations/instances_\(split).json")
    }

    /// ade20k_instance_train.json or _val.json; a missing one is made of annotations_instance.
    static func ade20k(
        name: String, split: ADE20KSplit, root: String, note: (String) -> Void
    ) throws -> SegmentationDataset {
        let base = ADE20KDataset.folder(in: root)
        let list = ADE20KInstances.listPath(base, split: split)
        if !FileTree.isFile(list) { try ADE20KInstances.prepare(base, split: split, note: note) }
        return try open(name, list: list, images: base + "/images/" + split.rawValue, .ade20kThings)
    }

    private static func open(
        _ name: String, list: String, images: String, _ classes: ClassTable
    ) throws -> SegmentationDataset {
        try FileTree.require([images])
        let found = try InstanceItems(list: list, images: images, classes: classes)
        return SegmentationDataset(
            name: name, classes: classes, labelMap: LabelMap(classes: classes), items: found.items,
            pairingProblems: found.problems)
    }
}
