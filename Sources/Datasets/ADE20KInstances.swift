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

    /// ade20k_instance_train.json or _val.json in ADE20K's folder `base`.
    static func listPath(_ base: String, split: ADE20KSplit) -> String {
        FileTree.join(base, "ade20k_instance_\(split.shortName).json")
    }

    /// Makes the list of a split; replaces one that is there. Throws `DatasetError` with every file that
    /// failed.
    static func prepare(_ base: String, split: ADE20KSplit, note: (String) -> Void) throws {
        let images = try ADE20KImage.all(base, split: split, note: note)
        note("ade20k: making the instance annotations of \(images.count) images of \(split.rawValue)")
        let found = try parallelMap(images.count, of: "ade20k", advice: ADE20KImage.advice) { index in
            let objects = try images[index].objects()
            let image = images[index].listed(width: objects.width, height: objects.height)
            return (image, listed(objects, of: image.id))
        }
        var annotations = found.flatMap(\.1)
        // Numbered from 1 through all images.
        for index in annotations.indices { annotations[index].id = index + 1 }
        let things = ClassTable.ade20kThings
        let list = List(
            images: found.map(\.0), annotations: annotations,
            categories: zip(things.categoryIDs, things.names).map { .init(id: $0, name: $1) })
        try AnnotationFile.write(list, to: listPath(base, split: split))
    }

    private static func listed(_ objects: ADE20KObjects, of image: ImageKey) -> [Annotation] {
        let (width, height) = (objects.width, objects.height)
        return zip(objects.objects, objects.extents).map { object, extent in
            let mask = RunLengthMask(height: height, width: width) { objects.numbers[$0] == object.number }
            return Annotation(
                imageID: image, category: ClassTable.ade20kThings.categoryIDs[object.thing],
                area: extent.area, box: extent.box,
                segmentation: .text(size: [height, width], counts: mask.text))
        }
    }
}
