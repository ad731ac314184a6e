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
    private let keys: ImageKeys
    private var segments: [PanopticFile.Annotation] = []
    private var instances: [InstancePredictionEntry] = []

    /// Makes the folder. `truth` is the data set's official ground truth of this format, nil where it has
    /// none. Throws `MetricsError`, or `CheckpointError.unwritable`.
    init(_ format: PredictionFormat, folder: String, classes: ClassTable, truth: String?) throws {
        self.format = format
        self.folder = folder
        self.classes = classes
        keys = try ImageKeys(list: [.cocoPanoptic, .cocoInstances].contains(format) ? truth : nil)
        try RunFiles.makeFolder(folder)
        if let pictures = Self.pictureFolder(format) { try RunFiles.makeFolder(folder + "/" + pictures) }
    }

    private static func pictureFolder(_ format: PredictionFormat) -> String? {
        switch format {
        case .cityscapes: "masks"
        case .cocoPanoptic: "predictions"
        case .cocoInstances, .labels: nil
        }
    }

    /// Writes what was predicted for the item of this name. Throws `ImageError`.
    mutating func add(_ prediction: ImagePrediction, image id: String) throws {
        switch format {
        case .labels:
            guard let labels = prediction.labels else { return }
            try RunFiles.writeLabels(labels, classCount: classes.count, to: "\(folder)/\(id).png")
        case .cityscapes:
            let place = "\(folder)/\(id)_leftImg8bit_pred"
            if let labels = prediction.labels {
                try ImageFile.writePNG(labels: CityscapesTruth.labelIDs(of: labels), bits: 8, to: place + ".png")
            }
            if let instances = prediction.instances { try writeList(instances, id, to: place + ".txt") }
        case .cocoPanoptic:
            guard let panoptic = prediction.panoptic else { return }
            let name = id + ".png"
            let picture = RGBImage(
                width: prediction.width, height: prediction.height,
                segmentIDs: panoptic.segmentIDs.map { UInt32(bitPattern: $0) })
            try ImageFile.writePNG(picture, to: "\(folder)/predictions/\(name)")
            segments.append(
                PanopticFile.Annotation(
                    image_id: keys[id], file_name: name,
                    segments_info: panoptic.segments.map {
                        PanopticFile.Segment(id: $0.id, category_id: classes.categoryIDs[$0.category])
                    }))
        case .cocoInstances:
            instances += (prediction.instances ?? []).map {
                InstancePredictionEntry(
                    image_id: keys[id], category_id: classes.categoryIDs[$0.category],
                    segmentation: .text(size: [$0.mask.height, $0.mask.width], counts: $0.mask.text),
                    score: Double($0.score))
            }
        }
    }

    /// A line an instance: mask, label id and confidence. Masks are named so that scorers that look for an
    /// image's labels (city_sequence_frame*.png) don't find them.
    private func writeList(_ instances: [PredictedInstance], _ id: String, to path: String) throws {
        let lines = try instances.enumerated().map { number, instance in
            let name = "masks/\(number)_\(classes.names[instance.category])_\(id).png"
            let mask = instance.mask
            try ImageFile.writePNG(
                labels: LabelImage(width: mask.width, height: mask.height, values: mask.bits.map { $0 ? 255 : 0 }),
                bits: 8, to: "\(folder)/\(name)")
            return "\(name) \(classes.categoryIDs[instance.category]) \(Double(instance.score))\n"
        }
        try AtomicFile.write(lines.joined(), to: path)
    }

    /// Writes the list of all that was added. Throws `CheckpointError.unwritable`.
    func finish() throws {
        switch format {
        case .labels, .cityscapes: break
        case .cocoPanoptic:
            try writeJSON(PanopticFile(images: nil, annotations: segments, categories: nil), "predictions.json")
        case .cocoInstances: try writeJSON(instances, "coco_instances_results.json")
        }
    }

    private func writeJSON(_ content: some Encodable, _ name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(content), as: UTF8.self)
        try AtomicFile.write(text + "\n", to: "\(folder)/\(name)")
    }
}
