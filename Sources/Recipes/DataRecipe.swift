import Annotations
import ConfigFiles
import Datasets
import Foundation
import Images
import Networks

extension SemanticMapper.Configuration {
    /// The augmentation that a configuration asks for (INPUT).
    package init(_ input: RunConfiguration.Input) {
        let resize = ResizeShortestEdge(
            lengths: input.minSizeTrain, sampling: input.minSizeTrainSampling == .range ? .range : .choice,
            maxSize: input.maxSizeTrain)
        let crop = input.crop.map { crop in
            let size: RandomCrop.Size =
                switch crop.size {
                case .absolute(let height, let width): .absolute(height: height, width: width)
                case .absoluteRange(let smallest, let largest):
                    .absoluteRange(smallest: smallest, largest: largest)
                case .relative(let height, let width): .relative(height: height, width: width)
                case .relativeRange(let height, let width): .relativeRange(height: height, width: width)
                }
            return RandomCrop(size: size, singleCategoryMaxArea: crop.singleCategoryMaxArea)
        }
        let flip: SemanticMapper.Flip =
            switch input.randomFlip {
            case .none: .none
            case .horizontal: .horizontal
            case .vertical: .vertical
            }
        self.init(
            resize: resize, crop: crop, distortsColor: input.colorAugmentation, flip: flip,
            squareSize: input.sizeDivisibility, padsToCrop: input.padsToCrop)
    }
}

extension LargeScaleJitter {
    /// The jitter that a configuration asks for (INPUT).
    package init(_ input: RunConfiguration.Input) {
        let flip = SemanticMapper.Configuration(input).flip
        self.init(side: input.jitterImageSize, scales: input.jitterScales, flip: flip)
    }
}

extension EvaluationMapper {
    /// The resizing that a configuration asks for in evaluation.
    package init(_ input: RunConfiguration.Input) {
        self.init(minSize: input.minSizeTest, maxSize: input.maxSizeTest)
    }
}

extension RunConfiguration {
    /// The data sets of DATASETS.TRAIN as one, checked, with segments or objects where INPUT
    /// asks for them. Throws `DatasetError` or `ConfigError`.
    package func openTrainingData(note: (String) -> Void) throws -> SegmentationDataset {
        let dataset = try open(datasets.train, key: "DATASETS.TRAIN", note: note)
        let wantsInstances = [.instance, .jitteredInstance].contains(input.mapper)
        if wantsInstances, let item = dataset.items.first(where: { $0.instances == nil }) {
            throw DatasetError(
                dataset.name, [.other(item.imagePath, "has no list of objects")],
                advice: "name a data set of instances, such as cityscapes_fine_instance_seg_train")
        }
        let wantsPanoptic = [.panoptic, .jitteredPanoptic].contains(input.mapper)
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
        let configuration = SemanticMapper.Configuration(input)
        return switch input.mapper {
        case .semantic, .detrPanoptic: SemanticMapper(configuration)
        case .panoptic: PanopticMapper(.standard(configuration))
        case .instance: InstanceMapper(.standard(configuration))
        case .jitteredPanoptic: PanopticMapper(.jitter(LargeScaleJitter(input)))
        case .jitteredInstance: InstanceMapper(.jitter(LargeScaleJitter(input)))
        }
    }

    /// The data sets of DATASETS.TEST as one, checked; nil where none is named. Throws `DatasetError` or
    /// `ConfigError`.
    package func openTestData(note: (String) -> Void) throws -> SegmentationDataset? {
        datasets.test.isEmpty ? nil : try open(datasets.test, key: "DATASETS.TEST", note: note)
    }

    private func open(_ names: [String], key: String, note: (String) -> Void) throws -> SegmentationDataset {
        guard !names.isEmpty else { throw invalid(key, "expected the name of at least one data set") }
        let dataset = try SegmentationDataset.joined(
            names.map { try DatasetCatalog.open(name: $0, root: datasets.root, note: note) })
        try requireClasses(dataset.classes, of: dataset.name)
        let report = try dataset.check(.bounded)
        if report.isMostlyIgnored {
            note(
                "warning: \(dataset.name): most pixels carry the ignore label \(dataset.classes.ignoreLabel)")
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
        guard classes.ignoreLabel == model.ignoreValue else {
            throw invalid(
                "MODEL.SEM_SEG_HEAD.IGNORE_VALUE",
                "expected \(classes.ignoreLabel), the ignore label of \(name), got \(model.ignoreValue)")
        }
    }

    /// Names and colours of the classes, by the data sets' names alone; nil where they are not known without
    /// the files, or are not as many as the network has.
    package var classTable: ClassTable? {
        for name in datasets.test + datasets.train {
            let table = name.hasPrefix("folder:") ? Self.describedClasses(name) : DatasetCatalog.classes(of: name)
            if let table, table.count == model.classCount { return table }
        }
        return nil
    }

    private static func describedClasses(_ name: String) -> ClassTable? {
        let path = name.dropFirst("folder:".count).split(separator: ":").dropLast().joined(separator: ":")
        return try? FolderDescription(path: path).classes
    }
}

extension ImagePixels {
    /// The same pixels.
    package init(_ image: RGBImage) {
        self.init(height: image.height, width: image.width, values: image.pixels)
    }
}
