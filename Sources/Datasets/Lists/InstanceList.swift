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
        /// Without a polygon where the list has none: a box of a detector.
        package let segmentation: MaskOutline

        enum CodingKeys: String, CodingKey {
            case id, imageID = "image_id", category = "category_id", area, crowd = "iscrowd", segmentation
        }

        /// Throws `DecodingError`.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.whole(.id)
            imageID = try container.decode(ImageKey.self, forKey: .imageID)
            category = try container.whole(.category)
            area = try container.decodeIfPresent(Double.self, forKey: .area)
            crowd = try container.decodeIfPresent(JSONFlag.self, forKey: .crowd)
            do {
                segmentation =
                    try container.decodeIfPresent(MaskOutline.self, forKey: .segmentation) ?? .polygons([])
            } catch {
                throw DecodingError.dataCorruptedError(
                    forKey: .segmentation, in: container,
                    debugDescription: "annotation \(id): expected [[x, y, …], …] or {size, counts}")
            }
        }
    }

    package struct Category: Codable, Sendable {
        /// The file's own number.
        package let id: Int
        /// Not needed for training.
        package let name: String?

        package init(id: Int, name: String?) {
            self.id = id
            self.name = name
        }

        /// Throws `DecodingError`.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(id: try container.whole(.id), name: try container.decodeIfPresent(String.self, forKey: .name))
        }
    }

    package let images: [PanopticList.Image]
    package let annotations: [Annotation]
    package let categories: [Category]
}

/// The images of an instance list with their objects.
struct InstanceItems {
    private(set) var items: [SegmentationDataset.Item] = []
    private(set) var problems: [DatasetProblem] = []

    /// Images lie in `folder`; `allowsOtherCategories` says whether the list may have categories that are no class and
    /// that it does not use. Throws `DatasetError` for a list that cannot be read; faults in it become `problems`.
    init(
        list path: String, images folder: String, classes: ClassTable, _ bounds: FileBounds,
        allowsOtherCategories: Bool
    ) throws {
        let list = try AnnotationFile.read(InstanceList.self, path: path)
        problems += ListedCategories.problems(
            list.categories.map { ($0.id, $0.name) }, in: path, classes: classes,
            used: allowsOtherCategories ? Set(list.annotations.map(\.category)) : nil)
        var objects = objects(list.annotations, path, classes)
        let files = ListedFiles(in: folder, bounds)
        let fileNames = try list.images.enumerated().map { index, image in
            func missing(_ key: String) -> DatasetError {
                AnnotationFile.fault(path, "key \(key) is missing in images.[\(index)]")
            }
            guard image.width > 0 else { throw missing("width") }
            guard image.height > 0 else { throw missing("height") }
            guard let name = image.fileName else { throw missing("file_name") }
            return name
        }
        var (numbers, names) = (Set<ImageKey>(), [String: String]())
        for (image, (fileName, id)) in zip(list.images, zip(fileNames, ListedImages.identifiers(fileNames))) {
            guard numbers.insert(image.id).inserted else {
                problems.append(.other(path, "image \(image.id) is listed twice"))
                continue
            }
            if let first = names.updateValue(fileName, forKey: id) { problems.append(.sameName(first, fileName)) }
            let found = objects.removeValue(forKey: image.id) ?? []
            if let fault = files.fault(of: fileName) {
                problems.append(.other(path, "image \(image.id): \(fault)"))
                continue
            }
            let annotation = InstanceAnnotation(
                path: path,
                content: .objects(found, size: ImageSize(height: image.height, width: image.width)))
            items.append(
                .init(id: id, imagePath: files.path(of: fileName), labelPath: nil, instances: annotation))
        }
        items.sort { $0.imagePath < $1.imagePath }
        problems += objects.keys.map(\.description).sorted().map {
            .other(path, "image \($0) is annotated, but not in the list of images")
        }
    }

    private mutating func objects(
        _ annotations: [InstanceList.Annotation], _ path: String, _ classes: ClassTable
    ) -> [ImageKey: [InstanceAnnotation.Object]] {
        let numbers = classes.classNumbers
        var objects: [ImageKey: [InstanceAnnotation.Object]] = [:]
        var seen: Set<Int> = []
        for annotation in annotations {
            func fault(_ what: String) { problems.append(.other(path, "annotation \(annotation.id) \(what)")) }
            guard seen.insert(annotation.id).inserted else {
                fault("is listed twice")
                continue
            }
            guard let number = numbers[annotation.category] else {
                fault("has category \(annotation.category), which is no class of this data set")
                continue
            }
            guard annotation.segmentation.isFinite else {
                fault("has a number in its segmentation that is not finite")
                continue
            }
            guard let outline = Self.drawable(annotation.segmentation) else { continue }
            objects[annotation.imageID, default: []].append(
                .init(
                    id: annotation.id, classNumber: number, isCrowd: annotation.crowd?.isSet ?? false,
                    area: annotation.area ?? 0, outline: outline))
        }
        return objects
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
    init(
        name: String, instanceList: String, images: String, _ classes: ClassTable, _ bounds: FileBounds,
        allowsOtherCategories: Bool = false
    ) throws {
        try FileTree.require([images])
        let found = try InstanceItems(
            list: instanceList, images: images, classes: classes, bounds,
            allowsOtherCategories: allowsOtherCategories)
        self.init(
            name: name, classes: classes, labelMap: LabelMap(classes: classes), items: found.items,
            pairingProblems: found.problems)
    }
}
