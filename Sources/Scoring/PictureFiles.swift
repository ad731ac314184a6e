import Annotations
import Datasets
import Files
import Images
import Metrics

/// The files that show what was predicted for a picture: a drawing over it, and the predictions themselves.
package struct PictureFiles {
    private let classes: ClassTable
    private let style: PictureStyle
    private let folder: OutputFolder
    private let drawing: PredictionDrawing

    /// Files of pictures with these classes.
    package init(_ classes: ClassTable, _ style: PictureStyle, folder: OutputFolder) {
        self.classes = classes
        self.style = style
        self.folder = folder
        drawing = PredictionDrawing(classes, style)
    }

    /// The files of a picture of this name for which `tasks` are predicted, by their names in the folder.
    package func names(of name: String, _ tasks: InferenceTasks) -> [String] {
        let endings: [(task: InferenceTasks, endings: [String])] = [
            (.semantic, [Self.labels]), (.panoptic, [Self.panopticPicture, Self.panopticList]),
            (.instance, [Self.instanceList]),
        ]
        let always = (style.hasPolygons ? [Self.polygons] : []) + [Self.overlay]
        return (endings.filter { tasks.contains($0.task) }.flatMap(\.endings) + always).map { name + $0 }
    }

    private static let labels = "_labels.png"
    private static let panopticPicture = "_panoptic.png"
    private static let panopticList = "_panoptic.json"
    private static let instanceList = "_instances.json"
    private static let polygons = "_polygons.json"
    private static let overlay = "_overlay.png"

    /// Writes NAME_overlay.png and, of what was predicted, NAME_labels.png, NAME_panoptic.png and .json, and
    /// NAME_instances.json, and NAME_polygons.json where `style` wants it; gives their paths. The folders that the name
    /// has become folders. `picture` is its path. Throws `InputError` or `FileError`.
    package func write(
        _ prediction: ImagePrediction, over image: Image<UInt8>, of picture: String, name: String
    ) throws -> [String] {
        var paths: [String] = []
        func path(_ ending: String) throws -> String {
            paths.append(try folder.place(name + ending))
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
        if style.hasPolygons {
            let list = PolygonList(prediction, classes, style, of: picture)
            try ScoringFiles.writeJSON(list, to: path(Self.polygons), listed: folder.list)
        }
        try ImageFile.writePNG(drawing(prediction, over: image), to: path(Self.overlay), listed: folder.list)
        return paths
    }

    /// The list lies beside its picture.
    private func list(_ panoptic: PanopticResult, name: String) -> PanopticFile {
        let picture = String(name.split(separator: "/").last ?? "") + Self.panopticPicture
        return PanopticFile(
            images: [.init(id: ImageKey(name))],
            annotations: [
                .init(panoptic, classes, image: ImageKey(name), fileName: picture)
            ],
            categories: classes.categories.map { .init(id: $0.id, name: $0.name, isthing: JSONFlag($0.isThing)) })
    }
}
