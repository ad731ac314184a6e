import Annotations
import ConfigFiles
import Configurations
import Datasets
import Foundation
import Images

extension RunConfiguration {
    /// The data sets of DATASETS.TRAIN as one, with segments or objects where INPUT asks for them, and those of
    /// DATASETS.TEST, each by itself; all are checked, and the headers of all files read. `note` is told what a person
    /// should know of them. Throws `DatasetError`, `UnreadableFiles` or `ConfigError`.
    package func openData(
        note: (String) -> Void
    ) throws -> (training: SegmentationDataset, test: [SegmentationDataset]) {
        guard !datasets.train.isEmpty else {
            throw invalid("DATASETS.TRAIN", "expected the name of at least one data set")
        }
        let training = try SegmentationDataset.joined(datasets.train.map { try open($0, note: note) })
        let test = try datasets.test.map { try open($0, note: note) }
        let headers = try SegmentationDataset.readableHeaders(of: [training] + test)
        let target: DatasetReport.Target = wantsInstances ? .objects : wantsPanoptic ? .segments : .classes
        try check(training, headers[0], forTraining: true, target, note: note)
        for (dataset, headers) in zip(test, headers.dropFirst()) {
            try check(dataset, headers, forTraining: false, testTarget, note: note)
        }
        return (try usable(training, note: note), test)
    }

    /// The data sets of DATASETS.TEST, each by itself, checked. Throws `DatasetError`, `UnreadableFiles` or
    /// `ConfigError`.
    package func openTestData(note: (String) -> Void) throws -> [SegmentationDataset] {
        let test = try datasets.test.map { try open($0, note: note) }
        for (dataset, headers) in zip(test, try SegmentationDataset.readableHeaders(of: test)) {
            try check(dataset, headers, forTraining: false, testTarget, note: note)
        }
        return test
    }

    private var wantsInstances: Bool { [.instance, .jitteredInstance].contains(input.mapper) }
    private var wantsPanoptic: Bool { [.panoptic, .jitteredPanoptic, .detrPanoptic].contains(input.mapper) }
    private var testTarget: DatasetReport.Target {
        test.inference.instance ? .objects : test.inference.panoptic ? .segments : .classes
    }

    /// What can be trained on. Throws `DatasetError` where it is nothing.
    private func usable(_ dataset: SegmentationDataset, note: (String) -> Void) throws -> SegmentationDataset {
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

    /// From files to training samples, as INPUT asks; with maps of boundaries where the loss needs them and the mapper
    /// makes them.
    package func trainingMapper(marksBoundaries: Bool) -> any TrainingMapper {
        switch input.mapper {
        case .semantic: SemanticMapper(input.augmentation, marksBoundaries: marksBoundaries)
        case .panoptic: PanopticMapper(.standard(input.augmentation))
        case .instance: InstanceMapper(.standard(input.augmentation))
        case .jitteredPanoptic: PanopticMapper(.jitter(input.jitter))
        case .detrPanoptic:
            PanopticMapper(.detr(DETRAugmentation(resize: input.augmentation.resize, crop: input.augmentation.crop)))
        case .jitteredInstance: InstanceMapper(.jitter(input.jitter))
        }
    }

    private func open(_ name: String, note: (String) -> Void) throws -> SegmentationDataset {
        let dataset = try DatasetCatalog.open(
            name: name, root: datasets.root, allowsOutside: datasets.allowsOutside, note: note)
        try requireClasses(dataset.classes, of: dataset.name)
        return dataset
    }

    private func check(
        _ dataset: SegmentationDataset, _ headers: [ImageHeaders], forTraining: Bool, _ target: DatasetReport.Target,
        note: (String) -> Void
    ) throws {
        let report = try dataset.check(.bounded, headers, forTraining: forTraining)
        let crowded = queryCount.flatMap { report.crowdedImages(target, queries: $0) }
        for warning in report.warnings(dataset.classes) + [crowded].compactMap(\.self) {
            note("warning: \(dataset.name): \(warning)")
        }
    }

    /// Classes and ignore label of the data must be those of the configuration.
    private func requireClasses(_ classes: ClassTable, of name: String) throws {
        let section = "MODEL.SEM_SEG_HEAD."
        let wrong = [
            ("NUM_CLASSES", classes.count, "the classes", model.classCount),
            ("IGNORE_VALUE", classes.ignoreLabel, "the ignore label", model.ignoreLabel),
        ].filter { $0.1 != $0.3 }
        guard let (key, expected, what, got) = wrong.first else { return }
        throw invalid(
            section + key, "expected \(expected), \(what) of \(name), got \(got)",
            hint: "put \(wrong.map { "\(section)\($0.0) \($0.1)" }.joined(separator: " ")) behind the command, or set "
                + "\(wrong.count > 1 ? "them" : "it") in the configuration")
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
