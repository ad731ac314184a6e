import Annotations
import Datasets
import Metrics

/// The true instances of a COCO instance file, by image.
struct TrueInstances: Sendable {
    /// Ascending by number, as pycocotools scores them.
    let categories: [CategoryDescription]
    /// Ascending by key, as pycocotools ranks them.
    let images: [PanopticList.Image]
    private let path: String
    private let imageByKey: [ImageKey: PanopticList.Image]
    private let annotations: [ImageKey: [InstanceList.Annotation]]

    /// Reads a file. Throws `InputError` where it contradicts itself.
    init(path: String) throws {
        let file = try ScoringFiles.json(InstanceList.self, path)
        self.path = path
        let named = try file.categories.enumerated().map { index, category in
            let name = try ScoringFiles.require(category.name, "name", of: "categories[\(index)]", in: path)
            return CategoryDescription(id: category.id, name: name, isThing: true)
        }
        for (index, annotation) in file.annotations.enumerated() {
            _ = try ScoringFiles.requireFinite(annotation.area, "area", of: "annotations", index, in: path)
        }
        for (index, image) in file.images.enumerated() {
            for (key, side) in [("width", image.width), ("height", image.height)] {
                _ = try ScoringFiles.require(side > 0 ? side : nil, key, of: "images[\(index)]", in: path)
            }
        }
        imageByKey = try ScoringFiles.index(file.images, of: path, "image", by: \.id)
        _ = try ScoringFiles.index(named, of: path, "category", by: \.id)
        _ = try ScoringFiles.index(file.annotations, of: path, "annotation", by: \.id)
        images = file.images.sorted { $0.id < $1.id }
        categories = named.sorted { $0.id < $1.id }
        annotations = Dictionary(grouping: file.annotations, by: \.imageID)
        for annotation in file.annotations {
            try requireCategory(annotation.category, of: "annotation \(annotation.id)", in: path)
        }
        try requireImages(annotations.keys, of: path)
    }

    /// Whether a category is scored. A network may know more of them than the list names; as in pycocotools, what it
    /// finds of those is neither right nor wrong.
    func names(_ category: Int) -> Bool { categories.contains { $0.id == category } }

    /// Throws `InputError` where `owner`, an element of a file, has a category that is not in the list.
    func requireCategory(_ category: Int, of owner: String, in path: String) throws {
        guard !names(category) else { return }
        throw InputError(
            place: path, what: "\(owner) has category \(category), which is not in the list",
            expected: "one of the \(categories.count) categories", got: "\(category)",
            advice: "use the category numbers of the ground truth's file")
    }

    /// Throws `InputError` where a file speaks of an image that is not in the list.
    func requireImages(_ keys: some Sequence<ImageKey>, of path: String) throws {
        guard let stranger = keys.filter({ imageByKey[$0] == nil }).min() else { return }
        throw InputError(
            place: path, what: "image \(stranger) is not in the ground truth", expected: "one of its images",
            got: "\(stranger)", advice: "score against the file the images come from")
    }

    /// The instances of an image. Throws `InputError` for an image that is not in the list, and `InputError`.
    func instances(of key: ImageKey) throws -> [InstanceEvaluator.Truth] {
        try requireImages([key], of: path)
        guard let image = imageByKey[key] else { return [] }
        // Boxes without an outline, as detectors have them, are no masks to be found.
        return try (annotations[key] ?? []).filter { $0.segmentation != .polygons([]) }.map {
            .init(
                category: $0.category,
                mask: try $0.segmentation.mask(
                    height: image.height, width: image.width, place: "\(path): annotation \($0.id)"),
                area: $0.area ?? 0, isCrowd: $0.crowd?.isSet ?? false)
        }
    }
}
