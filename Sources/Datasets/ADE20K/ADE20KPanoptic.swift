import Annotations
import Files
import Images

/// ADE20K's panoptic lists, made of semantic and instance labels as the official prepare_ade20k_pan_seg.py
/// makes them: stuff first, things over it.
enum ADE20KPanoptic {
    /// The classes with the colours of that script: its skyscrapers are told from roads, which have the same
    /// colour elsewhere.
    private static let classes: ClassTable = {
        let table = ClassTable.ade20k
        return ClassTable(
            table.names.indices.map {
                ClassTable.ClassDescription(
                    name: table.names[$0],
                    color: table.names[$0] == "skyscraper" ? .init(140, 140, 200) : table.colors[$0],
                    isThing: table.isThing[$0])
            }, ignoreLabel: table.ignoreLabel)
    }()

    /// What an image holds, and the segment of each pixel, of its class numbers and objects, of one size.
    ///
    /// PARITY: stuff counts the pixels that things cover afterwards, and a thing's pixels without an object
    /// are void: datasets/prepare_ade20k_pan_seg.py.
    static func segments(
        _ labels: LabelImage, _ objects: ADE20KObjects
    ) -> (list: [PanopticList.Segment], ids: [UInt32]) {
        var (list, colors) = ([PanopticList.Segment](), SegmentColors(classes))
        func add(_ classNumber: Int, _ extent: PanopticList.Segment.Extent) -> UInt32 {
            let id = colors.next(classNumber)
            list.append(
                .init(id: id, category: classNumber, area: extent.area, box: extent.box, crowd: 0))
            return UInt32(id)
        }
        var stuff = [UInt32](repeating: 0, count: 256)
        let extents = PanopticList.Segment.Extent.all(labels.values, width: labels.width)
        for (number, isThing) in classes.isThing.enumerated() where !isThing && extents[number].area > 0 {
            stuff[number] = add(number, extents[number])
        }
        var things = [UInt32](repeating: 0, count: 256)
        for (object, extent) in zip(objects.objects, objects.extents) {
            things[Int(object.number)] = add(ClassTable.ade20kThings.categoryIDs[object.thing], extent)
        }
        let ids = zip(labels.values, objects.numbers).map { label, number in
            number == 0 ? stuff[Int(label)] : things[Int(number)]
        }
        return (list, ids)
    }

    /// The list of a split, in ADE20K's folder.
    static func list(of split: ADE20KSplit) -> String { pictures(of: split) + ".json" }

    /// The folder of the list's pictures.
    static func pictures(of split: ADE20KSplit) -> String { "ade20k_panoptic_" + split.shortName }

    /// Makes list and pictures of a split; replaces those that are there and that `written` knows. Throws
    /// `FileError.foreign` before any of them is made, and `DatasetError` with every file that failed.
    static func prepare(
        _ base: String, split: ADE20KSplit, listed written: FileList, note: (String) -> Void
    ) throws {
        let images = try ADE20KImage.all(base, split: split, note: note)
        try written.require(
            images.map { FileTree.join(pictures(of: split), $0.id + ".png") } + [list(of: split)])
        note("ade20k: making the panoptic annotations of \(images.count) images of \(split.rawValue)")
        let folder = FileTree.join(base, pictures(of: split))
        try FileSystem.makeFolder(folder)
        let entries = try parallelMap(images.count, of: "ade20k", advice: ADE20KImage.advice) { index in
            let image = images[index]
            let labels = try image.labels()
            let (list, ids) = try segments(labels, image.objects())
            let picture = Image(size: labels.size, segmentIDs: ids)
            let name = image.id + ".png"
            try ImageFile.writePNG(picture, to: FileTree.join(folder, name), listed: written)
            return PanopticList.Entry(
                image: image.listed(labels.size),
                annotation: .init(imageID: ImageKey(image.id), fileName: name, segments: list))
        }
        let categories = classes.names.indices.map {
            PanopticList.Category(
                id: $0, name: classes.names[$0], color: classes.colors[$0].levels, supercategory: nil,
                isThing: classes.isThing[$0] ? 1 : 0)
        }
        try AnnotationFile.write(
            PanopticList(entries, categories: categories), to: FileTree.join(base, list(of: split)), listed: written)
    }
}
