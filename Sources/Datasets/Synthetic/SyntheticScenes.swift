import Annotations
import Foundation
import Images

/// Writes procedural street scenes as a whole Cityscapes data set: pictures, labelIds, labelTrainIds,
/// instanceIds, polygons.json (sizes only) and the panoptic files. A function of count, size and seed.
package struct SyntheticScenes: Sendable, Equatable {
    /// Images of both splits together.
    package let imageCount: Int
    /// Of every image.
    package let size: ImageSize
    /// The same seed draws the same files.
    package let seed: UInt64

    /// One image in five, and at least one, goes to val.
    package init(imageCount: Int, size: ImageSize, seed: UInt64) {
        precondition(
            imageCount >= 2 && size.width >= 32 && size.height >= 32, "SyntheticScenes: \(imageCount) of \(size)")
        self.imageCount = imageCount
        self.size = size
        self.seed = seed
    }

    private static let cities = ["train": ["lindenau", "marbruck", "ostheim"], "val": ["weidenfurt"]]

    /// Images of the train and val splits.
    package var splits: [(name: String, count: Int)] {
        let held = max(1, imageCount / 5)
        return [("train", imageCount - held), ("val", held)]
    }

    /// Writes into `folder`, which becomes a Cityscapes folder; files of the same names are replaced.
    /// `progress` gets how many images are done. Throws `ImageError` and `DatasetError` with the file that
    /// could not be written.
    package func write(to folder: String, progress: (Int) -> Void = { _ in }) throws {
        var done = 0
        for (split, count) in splits {
            var scenes: [PanopticList.Entry] = []
            // A few at a time: progress is seen, and memory stays small.
            for start in stride(from: 0, to: count, by: 8) {
                let part = start..<min(start + 8, count)
                let results = parallelMap(part.count) { offset in
                    Result { try self.writeScene(part.lowerBound + offset, split: split, folder: folder) }
                }
                for result in results { scenes.append(try result.get()) }
                done += part.count
                progress(done)
            }
            try AnnotationFile.write(
                CityscapesPanoptic.list(scenes.sorted { $0.annotation.fileName < $1.annotation.fileName }),
                to: FileTree.join(folder, CityscapesPanoptic.list(of: split)))
        }
    }

    /// The scene `index` of a split: picture, Cityscapes label ids and instance numbers.
    package func view(_ index: Int, split: String) -> (image: Image<UInt8>, labels: LabelImage, instances: LabelImage) {
        var random = SampleRandom(seed: seed, epoch: split == "train" ? 0 : 1, index: index)
        var renderer = StreetRenderer(StreetScene(width: size.width, height: size.height, random: &random))
        return renderer.render()
    }

    private func writeScene(_ index: Int, split: String, folder: String) throws -> PanopticList.Entry {
        let view = view(index, split: split)
        let cities = Self.cities[split] ?? ["weidenfurt"]
        let city = cities[index % cities.count]
        let number = String(index / cities.count)
        let id = "\(city)_" + String(repeating: "0", count: 6 - min(6, number.count)) + number + "_000019"
        let pictures = try Self.makeFolder(folder, "leftImg8bit/\(split)/\(city)")
        let annotations = try Self.makeFolder(folder, "gtFine/\(split)/\(city)")
        let panoptic = try Self.makeFolder(folder, CityscapesPanoptic.pictures(of: split))
        let ground = "\(annotations)/\(id)_gtFine"
        try ImageFile.writePNG(view.image, to: "\(pictures)/\(id)_leftImg8bit.png")
        try ImageFile.writePNG(labels: view.labels, bits: 8, to: ground + "_labelIds.png")
        try ImageFile.writePNG(
            labels: CityscapesDataset.trainIDs(of: view.labels), bits: 8, to: ground + "_labelTrainIds.png")
        try ImageFile.writePNG(labels: view.instances, bits: 16, to: ground + "_instanceIds.png")
        try Self.write(
            "{\"imgHeight\": \(size.height), \"imgWidth\": \(size.width), \"objects\": []}\n",
            to: ground + "_polygons.json")
        return try CityscapesPanoptic.write(id: id, instances: view.instances, to: panoptic)
    }

    private static func makeFolder(_ folder: String, _ name: String) throws -> String {
        let path = FileTree.join(folder, name)
        try FileTree.make(path)
        return path
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw DatasetError(
                path, [.other("", "cannot be written (\(error.localizedDescription))")],
                advice: "make room, or choose another output folder")
        }
    }
}
