import Annotations
import Checkpoints
import Datasets
import Foundation
import Images
import Segmenters

/// Predictions in COCO's JSON formats.
enum PredictedList {
    /// Writes a list, keys sorted. Throws `CheckpointError.unwritable`.
    static func write(_ content: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(content), as: UTF8.self)
        try AtomicFile.write(text + "\n", to: path)
    }
}

extension PanopticFile.Annotation {
    /// The segments of an image, whose picture has this name.
    init(_ result: PanopticResult, _ classes: ClassTable, image: ImageKey, fileName: String) {
        self.init(
            image_id: image, file_name: fileName,
            segments_info: result.segments.map {
                PanopticFile.Segment(id: $0.id, category_id: classes.categoryIDs[$0.category])
            })
    }
}

extension ImagePrediction {
    /// The picture of the segments' numbers.
    func picture(of result: PanopticResult) -> Image<UInt8> {
        Image(
            size: ImageSize(height: height, width: width), segmentIDs: result.segmentIDs.map { UInt32(bitPattern: $0) })
    }
}

extension InstancePredictionEntry {
    /// An instance of an image, its mask in compressed runs.
    init(_ instance: PredictedInstance, _ classes: ClassTable, image: ImageKey) {
        self.init(
            image_id: image, category_id: classes.categoryIDs[instance.category],
            segmentation: .text(size: [instance.mask.height, instance.mask.width], counts: instance.mask.text),
            score: Double(instance.score))
    }
}
