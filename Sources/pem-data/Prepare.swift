import ArgumentParser
import Datasets
import Foundation

/// `pem-data prepare`.
struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the files that training reads of those a data set is shipped with.",
        discussion: """
            cityscapes: labelTrainIds of labelIds (those that are missing), cityscapes_panoptic_train and \
            _val, JSON and pictures, of instanceIds.
            ade20k: annotations_detectron2 of annotations (those that are missing), ade20k_panoptic_train and \
            _val, JSON and pictures, and ade20k_instance_train.json and _val.json of annotations_instance.
            coco: panoptic_semseg_train2017 and _val2017 (labels 0 to 132; those that are missing) of the \
            panoptic annotations.

            They equal what the official scripts write; only the colours of ADE20K's second and further \
            things of a class, which are drawn there without a seed, are others.

              pem-data prepare cityscapes --root /data
              pem-data prepare ade20k --root /data
              pem-data prepare coco --root /data
            """)

    /// The data sets that need it.
    enum Dataset: String, ExpressibleByArgument, CaseIterable {
        case cityscapes, ade20k, coco
    }

    @Argument(help: "Which data set.")
    var dataset: Dataset

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data sets (default: DETECTRON2_DATASETS, or Datasets).",
            valueName: "dir"))
    var root: String?

    func run() throws {
        let place = DatasetCatalog.folder(root)
        do {
            switch dataset {
            case .cityscapes: try DatasetPreparation.cityscapes(root: place) { print($0) }
            case .ade20k: try DatasetPreparation.ade20k(root: place) { print($0) }
            case .coco: try DatasetPreparation.coco(root: place) { print($0) }
            }
        } catch let error as DatasetError {
            FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}
