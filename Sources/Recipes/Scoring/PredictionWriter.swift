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
            try ImageFile.writePNG(prediction.picture(of: panoptic), to: "\(folder)/predictions/\(name)")
            segments.append(PanopticFile.Annotation(panoptic, classes, image: keys[id], fileName: name))
        case .cocoInstances:
            instances += (prediction.instances ?? []).map { InstancePredictionEntry($0, classes, image: keys[id]) }
        }
    }

    /// A line an instance: mask, label id and confidence. Masks are named so that scorers that look for an
    /// image's labels (city_sequence_frame*.png) don't find them.
    private func writeList(_ instances: [PredictedInstance], _ id: String, to path: String) throws {
        let lines = try instances.enumerated().map { number, instance in
            let name = "masks/\(number)_\(classes.names[instance.category])_\(id).png"
            let mask = instance.mask
            try ImageFile.writePNG(
                labels: LabelImage(
                    size: ImageSize(height: mask.height, width: mask.width),
                    values: mask.bits.map { $0 ? 255 : 0 }), bits: 8, to: "\(folder)/\(name)")
            return "\(name) \(classes.categoryIDs[instance.category]) \(Double(instance.score))\n"
        }
        try AtomicFile.write(lines.joined(), to: path)
    }

    /// Writes the list of all that was added. Throws `CheckpointError.unwritable`.
    func finish() throws {
        switch format {
        case .labels, .cityscapes: break
        case .cocoPanoptic:
            let list = PanopticFile(images: nil, annotations: segments, categories: nil)
            try PredictedList.write(list, to: folder + "/predictions.json")
        case .cocoInstances: try PredictedList.write(instances, to: folder + "/coco_instances_results.json")
        }
    }
}
