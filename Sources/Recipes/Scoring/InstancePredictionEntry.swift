import Annotations
import Datasets

/// One element of COCO's list of predicted instances.
struct InstancePredictionEntry: Codable, Sendable {
    let image_id: ImageKey
    let category_id: Int
    let segmentation: MaskOutline
    let score: Double
}
