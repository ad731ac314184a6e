/// Formats of predictions on disk that can be written and scored.
package enum PredictionFormat: String, CaseIterable, Sendable {
    /// What cityscapesScripts read: labelIds PNGs, and for instances a text file an image with its masks.
    case cityscapes
    /// A JSON file with segments_info and PNGs of segment numbers, as panopticapi and detectron2 have them.
    case cocoPanoptic = "coco-panoptic"
    /// A JSON list of masks with scores, as pycocotools has it.
    case cocoInstances = "coco-instances"
    /// Grey PNGs of class numbers.
    case labels
}
