import Annotations

/// COCO's instance JSON, of which ADE20K's lists are the same.
package struct InstanceList: Decodable, Sendable {
    /// An object of an image.
    package struct Annotation: Decodable, Sendable {
        /// Its number in the list.
        package let id: Int
        package let imageID: ImageKey
        /// Its category, by the file's own numbers.
        package let category: Int
        /// Pixels; not needed for training.
        package let area: Double?
        /// Whether it is a crowd region; nil: no.
        package let crowd: JSONFlag?
        package let segmentation: MaskOutline

        enum CodingKeys: String, CodingKey {
            case id, imageID = "image_id", category = "category_id", area, crowd = "iscrowd", segmentation
        }
    }

    package struct Category: Codable, Sendable {
        /// The file's own number.
        package let id: Int
        /// Not needed for training.
        package let name: String?
    }

    package let images: [PanopticList.Image]
    package let annotations: [Annotation]
    package let categories: [Category]
}

/// The images of an instance list with their objects.
struct InstanceItems {
    private(set) var items: [SegmentationDataset.Item] = []
    private(set) var problems: [DatasetProblem] = []

    /// Images lie in `folder`. Throws `DatasetError` for a list that cannot be read; faults in it become
    /// `problems`.
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
                        path,
                        "annotation \(annotation.id) has category \(annotation.category), which is no"
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
                    objects.removeValue(forKey: image.id) ?? [],
                    size: ImageSize(height: image.height, width: image.width)))
            items.append(
                .init(
                    id: FileTree.withoutEnding(fileName), imagePath: FileTree.join(folder, fileName), labelPath: nil,
                    instances: annotation))
        }
        items.sort { $0.imagePath < $1.imagePath }
        problems += objects.keys.map(\.description).sorted().map {
            .other(path, "image \($0) is annotated, but not in the list of images")
        }
    }

    /// PARITY: detectron2/data/datasets/coco.py ignores polygons of an odd number of values or of fewer
    /// than three points, and objects that have no other.
    private static func drawable(_ outline: MaskOutline) -> MaskOutline? {
        guard case .polygons(let polygons) = outline else { return outline }
        let good = polygons.filter { $0.count >= 6 && $0.count % 2 == 0 }
        return good.isEmpty ? nil : .polygons(good)
    }
}

extension SegmentationDataset {
    /// A data set of things whose objects are in one instance list for all images, which lie in `images`. Throws
    /// `DatasetError` for a folder that is missing and a list that cannot be read.
    init(name: String, instanceList: String, images: String, _ classes: ClassTable) throws {
        try FileTree.require([images])
        let found = try InstanceItems(list: instanceList, images: images, classes: classes)
        self.init(
            name: name, classes: classes, labelMap: LabelMap(classes: classes), items: found.items,
            pairingProblems: found.problems)
    }
}
