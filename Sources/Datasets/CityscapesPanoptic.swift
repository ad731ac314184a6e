import Annotations
import Images

/// Cityscapes' panoptic annotations, made of instance images as cityscapesScripts' createPanopticImgs.py
/// makes them.
package enum CityscapesPanoptic {
    static let suffix = "_gtFine_panoptic.png"
    static let instanceSuffix = "_gtFine_instanceIds.png"

    /// Segments in the order of their numbers; labels that evaluation ignores are left out. A thing's number
    /// below 1000 is a group: a crowd.
    package static func segments(of instances: LabelImage) -> [PanopticList.Segment] {
        var places = [Int32](repeating: -1, count: Int(UInt16.max) + 1)
        var found: [(value: Int, extent: PanopticList.Segment.Extent)] = []
        for y in 0..<instances.height {
            for x in 0..<instances.width {
                let value = Int(instances.values[y * instances.width + x])
                if places[value] < 0 {
                    places[value] = Int32(found.count)
                    found.append((value, .init()))
                }
                found[Int(places[value])].extent.add(x: x, y: y)
            }
        }
        return found.sorted { $0.value < $1.value }.compactMap { value, extent in
            guard let label = label(of: value), !label.isIgnored else { return nil }
            return PanopticList.Segment(
                id: value, category: label.id, area: extent.area, box: extent.box,
                crowd: value < 1000 && label.hasInstances ? 1 : 0)
        }
    }

    /// Red + 256 green + 65536 blue is the segment's number; 0 is void.
    package static func picture(_ instances: LabelImage) -> RGBImage {
        let isShown = (0...Int(UInt16.max)).map { label(of: $0)?.isIgnored == false }
        var pixels = [UInt8](repeating: 0, count: instances.values.count * 3)
        for (index, value) in instances.values.enumerated() where isShown[Int(value)] {
            pixels[3 * index] = UInt8(value & 255)
            pixels[3 * index + 1] = UInt8(value >> 8)
        }
        return RGBImage(width: instances.width, height: instances.height, pixels: pixels)
    }

    /// What the list says about an image, of its instance image.
    struct Entry: Sendable {
        let image: PanopticList.Image
        let annotation: PanopticList.Annotation

        init(id: String, instances: LabelImage) {
            // PARITY: the official script keeps "_gtFine" in the image's name, so that no such file exists.
            image = .init(
                id: .text(id), width: instances.width, height: instances.height,
                fileName: id + "_gtFine_leftImg8bit.png")
            annotation = .init(imageID: .text(id), fileName: id + suffix, segments: segments(of: instances))
        }
    }

    /// Writes the picture of an instance image into `folder` and gives its entry. Throws `ImageError`.
    static func write(id: String, instances: LabelImage, to folder: String) throws -> Entry {
        let entry = Entry(id: id, instances: instances)
        try ImageFile.writePNG(picture(instances), to: FileTree.join(folder, entry.annotation.fileName))
        return entry
    }

    /// cityscapes_panoptic_SPLIT.json of gtFine in the Cityscapes folder `base`, beside the folder of
    /// pictures.
    static func listPath(_ base: String, split: String) -> String {
        picturesPath(base, split: split) + ".json"
    }

    static func picturesPath(_ base: String, split: String) -> String {
        FileTree.join(base, "gtFine/cityscapes_panoptic_" + split)
    }

    static func list(_ entries: [Entry]) -> PanopticList {
        PanopticList(
            images: entries.map(\.image), annotations: entries.map(\.annotation),
            categories: CityscapesLabel.all.filter { !$0.isIgnored }.map {
                .init(
                    id: $0.id, name: $0.name,
                    color: [$0.color.red, $0.color.green, $0.color.blue].map(Int.init),
                    supercategory: $0.category, isThing: $0.hasInstances ? 1 : 0)
            })
    }

    /// Makes list and pictures of a split of the Cityscapes folder `base` from its instanceIds; replaces
    /// those that are there. Throws `DatasetError` with every file that failed.
    static func prepare(_ base: String, split: String, note: (String) -> Void) throws {
        let source = FileTree.join(base, "gtFine/" + split)
        let files = try FileTree.files(in: source, suffixes: [instanceSuffix])
        guard !files.isEmpty else {
            throw DatasetError(
                "cityscapes", [.other(source, "holds no *\(instanceSuffix)")],
                advice: "unpack gtFine_trainvaltest.zip: panoptic annotations are made of its instanceIds")
        }
        note("cityscapes: making the panoptic annotations of \(files.count) images of \(split)")
        let folder = picturesPath(base, split: split)
        try FileTree.make(folder)
        let results = parallelMap(files.count) { index -> Result<Entry, DatasetError> in
            let path = FileTree.join(source, files[index])
            return Result {
                let name = files[index].split(separator: "/").last.map(String.init) ?? files[index]
                return try write(
                    id: String(name.dropLast(instanceSuffix.count)), instances: instances(path), to: folder)
            }.mapError {
                ($0 as? DatasetError)
                    ?? DatasetError("cityscapes", [.unreadable("\($0)")], advice: "correct it")
            }
        }
        let problems = results.flatMap { result -> [DatasetProblem] in
            if case .failure(let error) = result { error.problems } else { [] }
        }
        if !problems.isEmpty {
            throw DatasetError(
                "cityscapes", problems, advice: "fetch gtFine_trainvaltest.zip again, or correct these files")
        }
        try list(results.compactMap { try? $0.get() }).write(to: listPath(base, split: split))
    }

    /// An instanceIds image, known to be good. Throws `ImageError` and `DatasetError`.
    private static func instances(_ path: String) throws -> LabelImage {
        // Things are numbered from 1000 on: 8 bits have lost them.
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
