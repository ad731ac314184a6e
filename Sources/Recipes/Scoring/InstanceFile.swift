import Annotations
import Metrics

/// Ground truth in COCO's instance format.
struct InstanceFile: Decodable, Sendable {
    struct Image: Decodable, Sendable {
        let id: ImageKey
        let height, width: Int
    }

    struct Annotation: Decodable, Sendable {
        let id: Int
        let image_id: ImageKey
        let category_id: Int
        let segmentation: MaskOutline
        let area: Double
        let iscrowd: JSONFlag?
    }

    let images: [Image]
    let annotations: [Annotation]
    let categories: [PanopticFile.Category]
}

/// One element of a list of predicted instances.
struct InstancePredictionEntry: Decodable, Sendable {
    let image_id: ImageKey
    let category_id: Int
    let segmentation: MaskOutline
    let score: Double
}
