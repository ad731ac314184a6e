import Annotations

/// ADE20K's instance lists, made of annotations_instance as the official prepare_ade20k_ins_seg.py makes them.
enum ADE20KInstances {
    private struct List: Encodable {
        let images: [PanopticList.Image]
        let annotations: [Annotation]
        let categories: [InstanceList.Category]
    }

    private struct Annotation: Encodable {
        var id = 0
        let imageID: ImageKey
        let category: Int
        let area: Int
        let box: [Int]
        let segmentation: MaskOutline
        let crowd = 0

        enum CodingKeys: String, CodingKey {
            case id, imageID = "image_id", category = "category_id", area, box = "bbox", segmentation
            case crowd = "iscrowd"
        }
    }

    /// The list of a split, in ADE20K's folder.
    static func list(of split: ADE20KSplit) -> String { "ade20k_instance_\(split.shortName).json" }

    /// The data set of a split of ADE20K's folder `base`; a list that is missing is made of annotations_instance.
    static func open(
        name: String, split: ADE20KSplit, base: String, _ bounds: FileBounds, note: (String) -> Void
    ) throws -> SegmentationDataset {
        let path = FileTree.join(base, list(of: split))
        if !FileTree.isFile(path) { try prepare(base, split: split, note: note) }
        return try SegmentationDataset(
            name: name, instanceList: path, images: base + "/images/" + split.rawValue, .ade20kThings,
            bounds)
    }

    /// Makes the list of a split; replaces one that is there. Throws `DatasetError` with every file that
    /// failed.
    static func prepare(_ base: String, split: ADE20KSplit, note: (String) -> Void) throws {
        let images = try ADE20KImage.all(base, split: split, note: note)
        note("ade20k: making the instance annotations of \(images.count) images of \(split.rawValue)")
        let found = try parallelMap(images.count, of: "ade20k", advice: ADE20KImage.advice) { index in
            let objects = try images[index].objects()
            let image = images[index].listed(objects.size)
            return (image, listed(objects, of: image.id))
        }
        var annotations = found.flatMap(\.1)
        // Numbered from 1 through all images.
        for index in annotations.indices { annotations[index].id = index + 1 }
        let things = ClassTable.ade20kThings
        let list = List(
            images: found.map(\.0), annotations: annotations,
            categories: zip(things.categoryIDs, things.names).map { .init(id: $0, name: $1) })
        try AnnotationFile.write(list, to: FileTree.join(base, self.list(of: split)))
    }

    private static func listed(_ objects: ADE20KObjects, of image: ImageKey) -> [Annotation] {
        let (width, height) = (objects.size.width, objects.size.height)
        return zip(objects.objects, objects.extents).map { object, extent in
            let mask = RunLengthMask(height: height, width: width) { objects.numbers[$0] == object.number }
            return Annotation(
                imageID: image, category: ClassTable.ade20kThings.categoryIDs[object.thing],
                area: extent.area, box: extent.box,
                segmentation: .text(size: [height, width], counts: mask.text))
        }
    }
}
