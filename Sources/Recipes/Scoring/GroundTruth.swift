import Datasets

/// Where the official ground truth of a data set lies, by detectron2's names.
enum GroundTruth {
    /// The file or folder that a format is scored against; nil where there isn't one data set, or its name
    /// has none. `root` holds the data sets; nil: DETECTRON2_DATASETS, else Datasets.
    static func path(of names: [String], _ format: PredictionFormat, root: String?) -> String? {
        guard names.count == 1 else { return nil }
        return switch format {
        case .labels: nil
        case .cityscapes: DatasetCatalog.path(of: .cityscapesLabels, names[0], root: root)
        case .cocoPanoptic: DatasetCatalog.path(of: .panopticList, names[0], root: root)
        case .cocoInstances: DatasetCatalog.path(of: .instanceList, names[0], root: root)
        }
    }
}
