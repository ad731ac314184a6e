import Annotations
import Datasets
import Files
import Images
import Metrics

/// The files that show what was predicted for a picture: a drawing over it, and the predictions themselves.
package struct PictureFiles {
    /// Instances of a lower score are not drawn.
    private static let drawnScore: Float = 0.5

    private let classes: ClassTable
    private let folder: OutputFolder
    private let overlay: OverlayRenderer

    /// Files of pictures with these classes.
    package init(_ classes: ClassTable, folder: OutputFolder) {
        self.classes = classes
        self.folder = folder
        overlay = OverlayRenderer(colors: classes.colors)
    }

    /// The files of a picture of this name for which `tasks` are predicted, by their names in the folder.
    package static func names(of name: String, _ tasks: InferenceTasks) -> [String] {
        let endings: [(task: InferenceTasks, endings: [String])] = [
            (.semantic, [labels]), (.panoptic, [panopticPicture, panopticList]), (.instance, [instanceList]),
        ]
        return (endings.filter { tasks.contains($0.task) }.flatMap(\.endings) + [overlay]).map { name + $0 }
    }

    private static let labels = "_labels.png"
    private static let panopticPicture = "_panoptic.png"
    private static let panopticList = "_panoptic.json"
    private static let instanceList = "_instances.json"
    private static let overlay = "_overlay.png"

    /// Writes NAME_overlay.png and, of what was predicted, NAME_labels.png, NAME_panoptic.png and .json, and
    /// NAME_instances.json; gives their paths. Throws `InputError` or `FileError`.
    package func write(_ prediction: ImagePrediction, over image: Image<UInt8>, name: String) throws -> [String] {
        var paths: [String] = []
        func path(_ ending: String) -> String {
            paths.append("\(folder.path)/\(name)\(ending)")
            return paths[paths.count - 1]
        }
        if let labels = prediction.labels {
            try labels.write(classes, to: path(Self.labels), listed: folder.list)
        }
        if let panoptic = prediction.panoptic {
            let numbered = panoptic.numberedByColor(classes)
            let picture = prediction.picture(of: numbered)
            try ImageFile.writePNG(picture, to: path(Self.panopticPicture), listed: folder.list)
            try ScoringFiles.writeJSON(list(numbered, name: name), to: path(Self.panopticList), listed: folder.list)
        }
        if let instances = prediction.instances {
            let list = instances.map { COCOInstanceFormat.Entry($0, classes, image: ImageKey(name)) }
            try ScoringFiles.writeJSON(list, to: path(Self.instanceList), listed: folder.list)
        }
        try ImageFile.writePNG(drawing(of: prediction, over: image), to: path(Self.overlay), listed: folder.list)
        return paths
    }

    private func list(_ panoptic: PanopticResult, name: String) -> PanopticFile {
        PanopticFile(
            images: [.init(id: ImageKey(name))],
            annotations: [
                .init(panoptic, classes, image: ImageKey(name), fileName: name + Self.panopticPicture)
            ],
            categories: classes.categories.map { .init(id: $0.id, name: $0.name, isthing: JSONFlag($0.isThing)) })
    }

    /// Segments where there are any, else labels, else instances.
    private func drawing(of prediction: ImagePrediction, over image: Image<UInt8>) -> Image<UInt8> {
        if let panoptic = prediction.panoptic {
            let labels = [UInt16(classes.ignoreLabel)] + panoptic.segments.map { UInt16($0.category) }
            return overlay.render(
                image, labels: labelImage(panoptic.segmentIDs.map { labels[Int($0)] }, image),
                segments: panoptic.segmentIDs)
        }
        if let labels = prediction.labels { return overlay.render(image, labels: labels) }
        return drawing(of: prediction.instances ?? [], over: image)
    }

    /// Of instances that overlap the one with the highest score is on top.
    private func drawing(of instances: [PredictedInstance], over image: Image<UInt8>) -> Image<UInt8> {
        let count = image.width * image.height
        var labels = [UInt16](repeating: UInt16(classes.ignoreLabel), count: count)
        var numbers = [Int32](repeating: 0, count: count)
        let drawn = instances.filter { $0.score >= Self.drawnScore }.sorted { $0.score < $1.score }
        for (number, instance) in drawn.enumerated() {
            for (pixel, isInside) in instance.mask.bits.enumerated() where isInside {
                labels[pixel] = UInt16(instance.category)
                numbers[pixel] = Int32(number + 1)
            }
        }
        return overlay.render(image, labels: labelImage(labels, image), segments: numbers)
    }

    private func labelImage(_ values: [UInt16], _ image: Image<UInt8>) -> LabelImage {
        LabelImage(size: image.size, values: values)
    }
}
