import Annotations
import Images

/// The two splits that have labels.
enum ADE20KSplit: String, CaseIterable {
    case training, validation

    /// As the names of lists have it.
    var shortName: String { self == .training ? "train" : "val" }
}

/// An image of ADE20K with its semantic labels and its objects.
struct ADE20KImage: Sendable {
    /// The name without its ending.
    let id: String
    private let imagePath, labelPath, objectsPath: String

    /// What to do about annotations that cannot be used.
    static let advice = "fetch ADEChallengeData2016.zip and annotations_instance.tar again, or correct the files"

    /// Those of a split of ADE20K's folder `base`; annotations_detectron2 that are missing are made. Throws
    /// `DatasetError` for an image without all of its labels.
    static func all(_ base: String, split: ADE20KSplit, note: (String) -> Void) throws -> [ADE20KImage] {
        let semantic = try ADE20KDataset.semanticPairs(base, split: split, name: "ade20k", note: note)
        let objects = FileTree.join(base, "annotations_instance/" + split.rawValue)
        guard FileTree.isFolder(objects) else {
            throw DatasetError(
                "ade20k", [.other(objects, "no such folder")],
                advice: "unpack annotations_instance.tar into \(base): panoptic and instance lists are made of it")
        }
        let instances = try ADE20KDataset.pairs(base, split: split, labels: objects)
        let problems = semantic.problems + instances.problems
        if !problems.isEmpty { throw DatasetError("ade20k", problems, advice: advice) }
        return zip(semantic.items, instances.items).map { item, other in
            ADE20KImage(
                id: item.id, imagePath: item.imagePath, labelPath: item.labelPath ?? "",
                objectsPath: other.labelPath ?? "")
        }
    }

    /// Its objects. Throws `InputError`, and `DatasetError` where they are not as large as the image.
    func objects() throws -> ADE20KObjects {
        let objects = try ADE20KObjects(path: objectsPath)
        try require(objects.size, objectsPath)
        return objects
    }

    /// Its class numbers. Throws as `objects` does, and for a number that is no class.
    func labels() throws -> LabelImage {
        let labels = try LabelMap(classes: .ade20k).apply(
            to: ImageFile.readLabels(labelPath, bits: 8), path: labelPath)
        try require(labels.size, labelPath)
        return labels
    }

    private func require(_ size: ImageSize, _ path: String) throws {
        let own = try ImageFile.size(of: imagePath)
        if own == size { return }
        throw DatasetError(
            "ade20k", [.sizesDiffer(image: imagePath, own, labels: path, size)], advice: Self.advice)
    }

    /// As lists name it.
    func listed(_ size: ImageSize) -> PanopticList.Image {
        let name = imagePath.split(separator: "/").last.map(String.init) ?? imagePath
        return .init(id: ImageKey(id), width: size.width, height: size.height, fileName: name)
    }
}
