import Annotations
import Checkpoints
import Datasets
import Foundation
import Images
import Segmenters

/// Predictions of a data set on their way to files of one official format, which `pem-eval --predictions`
/// and the official scorers read.
struct PredictionWriter {
    private let format: PredictionFormat
    private let folder: String
    private let classes: ClassTable
    private let numbers: OfficialNumbers
    private var segments: [PanopticFile.Annotation] = []

    /// Makes the folder. `truth` is the data set's official ground truth of this format, nil where it has
    /// none. Throws `MetricsError`, or `CheckpointError.unwritable`.
    init(_ format: PredictionFormat, folder: String, classes: ClassTable, truth: String?) throws {
        self.format = format
        self.folder = folder
        self.classes = classes
        numbers = try OfficialNumbers(classes, list: [.cocoPanoptic, .cocoInstances].contains(format) ? truth : nil)
        try RunFiles.makeFolder(format == .cocoPanoptic ? Self.pngFolder(folder) : folder)
    }

    private static func pngFolder(_ folder: String) -> String { folder + "/predictions" }

    /// Writes what was predicted for the item of this name. Throws `ImageError`.
    mutating func add(_ prediction: ImagePrediction, image id: String) throws {
        switch format {
        case .labels:
            guard let labels = prediction.labels else { return }
            try RunFiles.writeLabels(labels, classCount: classes.count, to: "\(folder)/\(id).png")
        case .cityscapes:
            guard let labels = prediction.labels else { return }
            try ImageFile.writePNG(
                labels: CityscapesTruth.labelIDs(of: labels), bits: 8, to: "\(folder)/\(id)_leftImg8bit_pred.png")
        case .cocoPanoptic:
            guard let panoptic = prediction.panoptic else { return }
            let name = id + ".png"
            let picture = RGBImage(
                width: prediction.width, height: prediction.height, segmentIDs: panoptic.segmentIDs)
            try ImageFile.writePNG(picture, to: Self.pngFolder(folder) + "/" + name)
            segments.append(
                PanopticFile.Annotation(
                    image_id: numbers.image(id), file_name: name,
                    segments_info: panoptic.segments.map {
                        PanopticFile.Segment(id: $0.id, category_id: numbers.category($0.category) ?? $0.category)
                    }))
        case .cocoInstances: break
        }
    }

    /// Writes the list of all that was added. Throws `CheckpointError.unwritable`.
    func finish() throws {
        switch format {
        case .labels, .cityscapes: break
        case .cocoPanoptic:
            try writeJSON(PanopticFile(images: nil, annotations: segments, categories: nil), "predictions.json")
        case .cocoInstances: break
        }
    }

    private func writeJSON(_ content: some Encodable, _ name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(content), as: UTF8.self)
        try AtomicFile.write(text + "\n", to: "\(folder)/\(name)")
    }
}

extension RGBImage {
    /// Numbers of segments as COCO's panoptic pictures have them: red + 256 green + 65536 blue.
    fileprivate init(width: Int, height: Int, segmentIDs: [Int32]) {
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * segmentIDs.count) { pixels, count in
            for (place, id) in segmentIDs.enumerated() {
                pixels[3 * place] = UInt8(truncatingIfNeeded: id)
                pixels[3 * place + 1] = UInt8(truncatingIfNeeded: id >> 8)
                pixels[3 * place + 2] = UInt8(truncatingIfNeeded: id >> 16)
            }
            count = 3 * segmentIDs.count
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
