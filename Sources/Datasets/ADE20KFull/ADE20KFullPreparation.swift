import Annotations
import Checkpoints
import Files
import Images

/// ADE20K-Full's pairs, made of ADE20K_2021_17_01 as MaskFormer's prepare_ade20k_full_sem_seg.py makes them; labels are
/// PNGs of 16 bits, where it writes TIFF.
enum ADE20KFullPreparation {
    /// The data set's folder under the root, with which the index's folders begin.
    static let folder = "ADE20K_2021_17_01"
    private static let name = "ade20k-full"
    private static let advice = "fetch \(folder) again, or correct these files"
    /// Short sides are shrunk to this.
    private static let largestShortSide = 512

    /// A listed image.
    private struct Source: Sendable {
        let image: String
        /// Its objects: red and green tell the class.
        let objects: String
        /// Where its pair goes in images_detectron2 and annotations_detectron2, without an ending.
        let target: String
    }

    /// Makes the pairs of all images that the index in the folder `base` lists; replaces files that `written` knows.
    /// Throws `FileError.foreign` before any is made, and `DatasetError` with every file that failed.
    static func prepare(
        _ base: String, _ bounds: FileBounds, listed written: FileList, note: (String) -> Void
    ) throws {
        let sources = try sources(base, bounds)
        let targets = sources.map { (image: imageName($0), labels: labelName($0)) }
        try written.require(targets.flatMap { [$0.image, $0.labels] })
        note("\(name): making \(sources.count) images and their labels")
        for kind in ["images_detectron2", "annotations_detectron2"] {
            for split in ["training", "validation"] { try FileSystem.makeFolder("\(base)/\(kind)/\(split)") }
        }
        let numbers = ClassTable.ade20kFull.classNumbers
        _ = try parallelMap(sources.count, of: name, advice: advice) { index in
            let (image, labels) = try pair(sources[index], numbers)
            try ImageFile.writeJPEG(image, to: FileTree.join(base, targets[index].image), listed: written)
            try ImageFile.writePNG(
                labels: labels, bits: 16, to: FileTree.join(base, targets[index].labels), listed: written)
        }
    }

    private static func imageName(_ source: Source) -> String { "images_detectron2/\(source.target).jpg" }
    private static func labelName(_ source: Source) -> String { "annotations_detectron2/\(source.target).png" }

    /// The images of index_ade20k.pkl. Throws `DatasetError`.
    private static func sources(_ base: String, _ bounds: FileBounds) throws -> [Source] {
        let index = FileTree.join(base, "index_ade20k.pkl")
        let lists: [[String]]
        do { lists = try PickledLists.texts(index, keys: ["folder", "filename"]) } catch {
            throw DatasetError(
                name, [.unreadable("\(error)")],
                advice: "fetch it again, or run MaskFormer's datasets/prepare_ade20k_full_sem_seg.py")
        }
        let (folders, files) = (lists[0], lists[1])
        var problems: [DatasetProblem] = []
        if folders.count != files.count {
            problems.append(.other(index, "lists \(files.count) images in \(folders.count) folders"))
        }
        let listed = ListedFiles(in: base, bounds)
        let sources = zip(folders, files).compactMap { folder, file -> Source? in
            // The index's folders begin with the data set's own.
            let inside = folder.hasPrefix(Self.folder + "/") ? String(folder.dropFirst(Self.folder.count + 1)) : folder
            let path = FileTree.join(inside, file)
            if let fault = listed.fault(of: path) {
                problems.append(.other(index, fault))
                return nil
            }
            let stem = FileTree.stem(file)
            let parts = stem.split(separator: "_", omittingEmptySubsequences: false)
            let split = parts.count > 1 && parts[1] == "val" ? "validation" : "training"
            let image = listed.path(of: path)
            let objects = FileTree.join(FileSystem.folder(of: image), stem + "_seg.png")
            return Source(image: image, objects: objects, target: split + "/" + stem)
        }
        if let twice = Dictionary(grouping: sources, by: \.target).values.first(where: { $0.count > 1 }) {
            problems.append(.sameName(twice[0].image, twice[1].image))
        }
        if !problems.isEmpty { throw DatasetError(name, problems, advice: advice) }
        return sources
    }

    /// Picture and class numbers of an image: object ⌊red / 10⌋ · 256 + green, 65535 where it is none of the classes.
    private static func pair(
        _ source: Source, _ numbers: [Int: Int]
    ) throws -> (image: Image<UInt8>, labels: LabelImage) {
        let image = try ImageFile.readRGB(source.image)
        let objects = try ImageFile.readNumbers(source.objects)
        guard image.size == objects.size else {
            throw DatasetError(
                name, [.sizesDiffer(image: source.image, image.size, labels: source.objects, objects.size)],
                advice: advice)
        }
        let ignored = UInt16(ClassTable.ade20kFull.ignoreLabel)
        let labels = (0..<image.size.area).map { pixel in
            let object = Int(objects.values[3 * pixel]) / 10 * 256 + Int(objects.values[3 * pixel + 1])
            return numbers[object].map { UInt16($0) } ?? ignored
        }
        let size = size(of: image.size)
        let whole = LabelImage(size: image.size, values: labels)
        if size == image.size { return (image, whole) }
        return (image.resizedAsOpenCV(to: size), whole.resizedNearest(to: size, rule: .openCV))
    }

    /// The size of the pair of an image of the size `image`: Python's rounding, to even halfway.
    private static func size(of image: ImageSize) -> ImageSize {
        let shortest = min(image.height, image.width)
        guard shortest > largestShortSide else { return image }
        func scaled(_ long: Int) -> Int {
            let factor = Double(long) / Double(shortest)
            return Int((factor * Double(largestShortSide)).rounded(.toNearestOrEven))
        }
        return image.height == shortest
            ? ImageSize(height: largestShortSide, width: scaled(image.width))
            : ImageSize(height: scaled(image.height), width: largestShortSide)
    }
}
