import Annotations
import ConfigFiles
import Configurations
import Datasets
import Foundation
import Images

extension RunConfiguration {
    /// The data sets of DATASETS.TRAIN as one, checked, with segments or objects where INPUT
    /// asks for them. Throws `DatasetError` or `ConfigError`.
    package func openTrainingData(note: (String) -> Void) throws -> SegmentationDataset {
        let wantsInstances = [.instance, .jitteredInstance].contains(input.mapper)
        let wantsPanoptic = [.panoptic, .jitteredPanoptic].contains(input.mapper)
        let dataset = try open(
            datasets.train, key: "DATASETS.TRAIN", forTraining: true,
            wantsInstances ? .objects : wantsPanoptic ? .segments : .classes, note: note)
        if wantsInstances, let item = dataset.items.first(where: { $0.instances == nil }) {
            throw DatasetError(
                dataset.name, [.other(item.imagePath, "has no list of objects")],
                advice: "name a data set of instances, such as cityscapes_fine_instance_seg_train")
        }
        if wantsPanoptic, let item = dataset.items.first(where: { $0.panoptic == nil }) {
            throw DatasetError(
                dataset.name, [.other(item.imagePath, "has no panoptic annotation")],
                advice: "make the annotations with pem-data prepare, name a panoptic data set, or train on"
                    + " semantic labels (INPUT.DATASET_MAPPER_NAME mask_former_semantic)")
        }
        let used = datasets.filtersEmptyAnnotations ? dataset.withoutEmptyImages : dataset
        if used.items.count < dataset.items.count {
            note("\(dataset.name): \(dataset.items.count - used.items.count) images without an object are left out")
        }
        if used.items.isEmpty {
            throw DatasetError(
                dataset.name, [.other("", "no image has an object")], advice: "use a list with objects in it")
        }
        return used
    }

    /// From files to training samples, as INPUT asks.
    package var trainingMapper: any TrainingMapper {
        switch input.mapper {
        case .semantic, .detrPanoptic: SemanticMapper(input.augmentation)
        case .panoptic: PanopticMapper(.standard(input.augmentation))
        case .instance: InstanceMapper(.standard(input.augmentation))
        case .jitteredPanoptic: PanopticMapper(.jitter(input.jitter))
        case .jitteredInstance: InstanceMapper(.jitter(input.jitter))
        }
    }

    /// The data sets of DATASETS.TEST as one, checked; nil where none is named. Throws `DatasetError` or
    /// `ConfigError`.
    package func openTestData(note: (String) -> Void) throws -> SegmentationDataset? {
        if datasets.test.isEmpty { return nil }
        let target: DatasetReport.Target =
            test.inference.instance ? .objects : test.inference.panoptic ? .segments : .classes
        return try open(datasets.test, key: "DATASETS.TEST", forTraining: false, target, note: note)
    }

    /// `note` is told what a person should know of the data before the first step.
    private func open(
        _ names: [String], key: String, forTraining: Bool, _ target: DatasetReport.Target, note: (String) -> Void
    ) throws -> SegmentationDataset {
        guard !names.isEmpty else { throw invalid(key, "expected the name of at least one data set") }
        let dataset = try SegmentationDataset.joined(
            names.map {
                try DatasetCatalog.open(
                    name: $0, root: datasets.root, allowsOutside: datasets.allowsOutside, note: note)
            })
        try requireClasses(dataset.classes, of: dataset.name)
        let report = try dataset.check(.bounded, forTraining: forTraining)
        let crowded = queryCount.flatMap { report.crowdedImages(target, queries: $0) }
        for warning in report.warnings(dataset.classes) + [crowded].compactMap(\.self) {
            note("warning: \(dataset.name): \(warning)")
        }
        return dataset
    }

    /// Classes and ignore label of the data must be those of the configuration.
    private func requireClasses(_ classes: ClassTable, of name: String) throws {
        guard classes.count == model.classCount else {
            throw invalid(
                "MODEL.SEM_SEG_HEAD.NUM_CLASSES",
                "expected \(classes.count), the classes of \(name), got \(model.classCount)")
        }
        guard classes.ignoreLabel == model.ignoreLabel else {
            throw invalid(
                "MODEL.SEM_SEG_HEAD.IGNORE_VALUE",
                "expected \(classes.ignoreLabel), the ignore label of \(name), got \(model.ignoreLabel)")
        }
    }

    /// Names and colours of the classes, by the data sets' names alone; nil where they are not known without
    /// the files, or are not as many as the network has.
    package var classTable: ClassTable? {
        for name in datasets.test + datasets.train {
            if let table = DatasetCatalog.classes(of: name), table.count == model.classCount { return table }
        }
        return nil
    }
}
