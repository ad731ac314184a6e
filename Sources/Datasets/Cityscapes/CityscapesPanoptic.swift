import Annotations
import Files
import Images

/// Cityscapes' panoptic annotations, made of instance images as cityscapesScripts' createPanopticImgs.py
/// makes them.
package enum CityscapesPanoptic {
    static let suffix = "_gtFine_panoptic.png"
    static let instanceSuffix = "_gtFine_instanceIds.png"

    /// Segments in the order of their numbers; labels that evaluation ignores are left out. A thing's number
    /// below 1000 is a crowd region.
    package static func segments(of instances: LabelImage) -> [PanopticList.Segment] {
        let extents = PanopticList.Segment.Extent.all(instances.values, width: instances.width)
        return extents.enumerated().compactMap { value, extent in
            guard extent.area > 0, let label = label(of: value), !label.isIgnored else { return nil }
            return PanopticList.Segment(
                id: value, category: label.id, area: extent.area, box: extent.box,
                crowd: value < 1000 && label.hasInstances ? 1 : 0)
        }
    }

    /// Red + 256 green + 65536 blue is the segment's number; 0 is void.
    package static func picture(_ instances: LabelImage) -> Image<UInt8> {
        let isShown = (0...Int(UInt16.max)).map { label(of: $0)?.isIgnored == false }
        return Image(
            size: instances.size, segmentIDs: instances.values.map { isShown[Int($0)] ? UInt32($0) : 0 })
    }

    /// Writes the picture of an instance image into `folder` and gives its entry. Throws `InputError` or `FileError`.
    static func write(
        id: String, instances: LabelImage, to folder: String, listed list: FileList?
    ) throws -> PanopticList.Entry {
        let name = id + suffix
        try ImageFile.writePNG(picture(instances), to: FileTree.join(folder, name), listed: list)
        return PanopticList.Entry(
            // PARITY: the official script keeps "_gtFine" in the image's name, so that no such file exists.
            image: .init(
                id: ImageKey(id), width: instances.width, height: instances.height,
                fileName: id + "_gtFine_leftImg8bit.png"),
            annotation: .init(imageID: ImageKey(id), fileName: name, segments: segments(of: instances)))
    }

    /// The list of a split, in the Cityscapes folder.
    static func list(of split: String) -> String { pictures(of: split) + ".json" }

    /// The folder of the list's pictures.
    static func pictures(of split: String) -> String { "gtFine/cityscapes_panoptic_" + split }

    static func list(_ entries: [PanopticList.Entry]) -> PanopticList {
        PanopticList(
            entries,
            categories: CityscapesLabel.all.filter { !$0.isIgnored }.map {
                .init(
                    id: $0.id, name: $0.name, color: $0.color.levels, supercategory: $0.category,
                    isThing: $0.hasInstances ? 1 : 0)
            })
    }

    /// Makes list and pictures of a split of the Cityscapes folder `base` from its instanceIds; replaces those that are
    /// there and that `written` knows. Throws `FileError.foreign` before anything is made, and `DatasetError` with
    /// every file that failed.
    static func prepare(
        _ base: String, split: String, listed written: FileList, note: (String) -> Void
    ) throws {
        let source = FileTree.join(base, "gtFine/" + split)
        let files = try FileTree.files(in: source, suffixes: [instanceSuffix])
        guard !files.isEmpty else {
            throw DatasetError(
                "cityscapes", [.other(source, "holds no *\(instanceSuffix)")],
                advice: "unpack gtFine_trainvaltest.zip: panoptic annotations are made of its instanceIds")
        }
        let ids = files.map { file in
            String((file.split(separator: "/").last.map(String.init) ?? file).dropLast(instanceSuffix.count))
        }
        try written.require(ids.map { FileTree.join(pictures(of: split), $0 + suffix) } + [list(of: split)])
        note("cityscapes: making the panoptic annotations of \(files.count) images of \(split)")
        let folder = FileTree.join(base, pictures(of: split))
        try FileSystem.makeFolder(folder)
        let entries = try parallelMap(
            files.count, of: "cityscapes",
            advice: "fetch gtFine_trainvaltest.zip again, or correct these files"
        ) { index in
            try write(
                id: ids[index], instances: instances(FileTree.join(source, files[index])), to: folder,
                listed: written)
        }
        try AnnotationFile.write(list(entries), to: FileTree.join(base, list(of: split)), listed: written)
    }

    /// An instanceIds image, known to be good. Throws `InputError` and `DatasetError`.
    static func instances(_ path: String) throws -> LabelImage {
        // Things are numbered from 1000 on, which 8 bits cannot hold.
        let instances = try ImageFile.readLabels(path, bits: 16)
        let isKnown = (0...Int(UInt16.max)).map { label(of: $0) != nil }
        if let first = instances.values.firstIndex(where: { !isKnown[Int($0)] }) {
            let wrong = instances.values.filter { !isKnown[Int($0)] }
            throw DatasetError(
                "cityscapes",
                [
                    .unknownLabels(
                        path: path, values: Set(wrong.map(Int.init)).sorted(), pixels: wrong.count,
                        column: first % instances.width, row: first / instances.width,
                        allowed: "ids 0 to 33, or 1000 · id + number")
                ], advice: "fetch the file again")
        }
        return instances
    }

    private static func label(of value: Int) -> CityscapesLabel? {
        let id = value < 1000 ? value : value / 1000
        return id < CityscapesLabel.all.count ? CityscapesLabel.all[id] : nil
    }
}
