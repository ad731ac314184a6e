/// Formats of predictions on disk that can be scored.
package enum PredictionFormat: String, CaseIterable, Sendable {
    /// What cityscapesScripts read: labelIds PNGs, and for instances a text file an image with its masks.
    case cityscapes
    /// A JSON file with segments_info and PNGs of segment numbers, as panopticapi and detectron2 have them.
    case cocoPanoptic = "coco-panoptic"
    /// A JSON list of masks with scores, as pycocotools has it.
    case cocoInstances = "coco-instances"
    /// Grey PNGs of class numbers, `pem-eval --save-predictions`.
    case labels
}

/// The scores of one pass over predictions: for results.json, and for a person.
package struct ScoringReport: Sendable {
    /// Tasks by detectron2's names with their scores.
    package var tasks: [(name: String, entries: [(name: String, value: Double)])] = []
    /// A table a task.
    package var tables: [String] = []
    /// What a person should know besides.
    package var notes: [String] = []

    /// Nothing scored.
    package init() {}
}
