import Annotations
import Files
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

    /// Writes into `folder`, which becomes a Cityscapes folder; files that this program did not write are replaced only
    /// with `overwrites`. `progress` gets how many images are done. Throws `FileError.foreign` before anything is
    /// written, and `InputError` or `FileError` with the file that could not be written.
    package func write(
        to folder: String, overwrites: Bool = false, progress: (Int) -> Void = { _ in },
        note: (String) -> Void = { _ in }
    ) throws {
        let output = try OutputFolder(folder, overwrites: overwrites, note: note)
        defer { output.close() }
        let list = output.list
        var done = 0
        try list.require(
            splits.flatMap { split, count in
                (0..<count).flatMap { Names($0, split: split).all } + [CityscapesPanoptic.list(of: split)]
            })
        for (split, count) in splits {
            var scenes: [PanopticList.Entry] = []
            // A few at a time: progress is seen, and memory stays small.
            for start in stride(from: 0, to: count, by: 8) {
                let part = start..<min(start + 8, count)
                let results = parallelMap(part.count) { offset in
                    Result { try self.writeScene(part.lowerBound + offset, split: split, folder, list) }
                }
                for result in results { scenes.append(try result.get()) }
                done += part.count
                progress(done)
            }
            try AnnotationFile.write(
                CityscapesPanoptic.list(scenes.sorted { $0.annotation.fileName < $1.annotation.fileName }),
                to: FileTree.join(folder, CityscapesPanoptic.list(of: split)), listed: list)
        }
    }

    /// The scene `index` of a split: picture, Cityscapes label ids and instance numbers.
    package func view(_ index: Int, split: String) -> (image: Image<UInt8>, labels: LabelImage, instances: LabelImage) {
        var random = SampleRandom(seed: seed, epoch: split == "train" ? 0 : 1, index: index)
        var renderer = StreetRenderer(StreetScene(width: size.width, height: size.height, random: &random))
        return renderer.render()
    }

    private func writeScene(
        _ index: Int, split: String, _ folder: String, _ list: FileList
    ) throws -> PanopticList.Entry {
        let view = view(index, split: split)
        let names = Names(index, split: split)
        for name in names.all { try FileSystem.makeFolder(FileSystem.folder(of: FileTree.join(folder, name))) }
        func path(_ name: String) -> String { FileTree.join(folder, name) }
        try ImageFile.writePNG(view.image, to: path(names.image), listed: list)
        try ImageFile.writePNG(labels: view.labels, bits: 8, to: path(names.labelIDs), listed: list)
        try ImageFile.writePNG(
            labels: CityscapesDataset.trainIDs(of: view.labels), bits: 8, to: path(names.trainIDs), listed: list)
        try ImageFile.writePNG(labels: view.instances, bits: 16, to: path(names.instances), listed: list)
        try AtomicFile.write(
            "{\"imgHeight\": \(size.height), \"imgWidth\": \(size.width), \"objects\": []}\n",
            to: path(names.polygons), listed: list)
        return try CityscapesPanoptic.write(
            id: names.id, instances: view.instances, to: path(CityscapesPanoptic.pictures(of: split)), listed: list)
    }

    /// What the files of a scene are called in the Cityscapes folder.
    private struct Names {
        let id, image, labelIDs, trainIDs, instances, polygons, panoptic: String

        init(_ index: Int, split: String) {
            let cities = SyntheticScenes.cities[split] ?? ["weidenfurt"]
            let city = cities[index % cities.count]
            let number = String(index / cities.count)
            id = "\(city)_" + String(repeating: "0", count: 6 - min(6, number.count)) + number + "_000019"
            let ground = "gtFine/\(split)/\(city)/\(id)_gtFine"
            image = "leftImg8bit/\(split)/\(city)/\(id)_leftImg8bit.png"
            labelIDs = ground + "_labelIds.png"
            trainIDs = ground + "_labelTrainIds.png"
            instances = ground + "_instanceIds.png"
            polygons = ground + "_polygons.json"
            panoptic = FileTree.join(CityscapesPanoptic.pictures(of: split), id + CityscapesPanoptic.suffix)
        }

        var all: [String] { [image, labelIDs, trainIDs, instances, polygons, panoptic] }
    }
}
