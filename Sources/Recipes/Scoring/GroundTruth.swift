import Foundation
import Metrics

/// Where the official ground truth of a data set lies, by detectron2's names.
enum GroundTruth {
    /// The file or folder that a format is scored against; nil where there isn't one data set, or its name
    /// has none. `root` holds the data sets; nil: DETECTRON2_DATASETS, else Datasets.
    static func path(of names: [String], _ format: PredictionFormat, root: String?) -> String? {
        guard names.count == 1 else { return nil }
        let root = root ?? ProcessInfo.processInfo.environment["DETECTRON2_DATASETS"] ?? "Datasets"
        return path(of: names[0], format, root: root)
    }

    private static func path(of name: String, _ format: PredictionFormat, root: String) -> String? {
        let split = name.contains("_train") ? "train" : name.contains("_test") ? "test" : "val"
        let cityscapes = ScoringFiles.isFolder(root + "/cityscapes") ? root + "/cityscapes" : root
        switch format {
        case .labels: return nil
        case .cityscapes:
            return name.hasPrefix("cityscapes_fine") ? "\(cityscapes)/gtFine/\(split)" : nil
        case .cocoPanoptic:
            if name.hasPrefix("cityscapes_fine_panoptic") {
                return "\(cityscapes)/gtFine/cityscapes_panoptic_\(split).json"
            }
            if name.hasPrefix("ade20k_panoptic") {
                return "\(root)/ADEChallengeData2016/ade20k_panoptic_\(split).json"
            }
            return coco(name, "panoptic", root, split)
        case .cocoInstances:
            if name.hasPrefix("ade20k_instance") || name.hasPrefix("ade20k_panoptic") {
                return "\(root)/ADEChallengeData2016/ade20k_instance_\(split).json"
            }
            return coco(name, "instances", root, split)
        }
    }

    /// coco_2017_val_panoptic and coco_2017_val.
    private static func coco(_ name: String, _ kind: String, _ root: String, _ split: String) -> String? {
        guard name.hasPrefix("coco_2017_") else { return nil }
        return "\(root)/coco/annotations/\(kind)_\(split)2017.json"
    }
}
