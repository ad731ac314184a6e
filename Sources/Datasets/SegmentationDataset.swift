import Annotations
import Images

/// Images and their label maps, in a fixed order.
package struct SegmentationDataset: Sendable {
    /// One image.
    package struct Item: Sendable, Equatable {
        /// Unique in the data set; the stem of the names of what is predicted for it.
        package let id: String
        /// The image's file.
        package let imagePath: String
        /// Nil in test sets without labels, and where labels follow from segments, or there are objects only.
        package let labelPath: String?

        /// Segments told apart; nil where the data set has none.
        package let panoptic: PanopticAnnotation?
        /// Objects, which may overlap; nil where the data set has none.
        package let instances: InstanceAnnotation?

        /// No file is opened.
        package init(
            id: String, imagePath: String, labelPath: String?, panoptic: PanopticAnnotation? = nil,
            instances: InstanceAnnotation? = nil
        ) {
            self.id = id
            self.imagePath = imagePath
            self.labelPath = labelPath
            self.panoptic = panoptic
            self.instances = instances
        }

        /// The same image with these segments.
        func withPanoptic(_ panoptic: PanopticAnnotation?) -> Item {
            Item(id: id, imagePath: imagePath, labelPath: labelPath, panoptic: panoptic, instances: instances)
        }
    }

    /// As configurations name it.
    package let name: String
    package let classes: ClassTable
    /// From what the label files hold to class numbers.
    package let labelMap: LabelMap
    /// Sorted by path.
    package let items: [Item]
    /// Faults found while the files were listed; `check` reports them with all others.
    package let pairingProblems: [DatasetProblem]

    /// A data set whose files are listed already; none is opened.
    package init(
        name: String, classes: ClassTable, labelMap: LabelMap, items: [Item],
        pairingProblems: [DatasetProblem] = []
    ) {
        self.name = name
        self.classes = classes
        self.labelMap = labelMap
        self.items = items
        self.pairingProblems = pairingProblems
    }

    /// Several data sets as one, in this order. Throws `DatasetError` where their classes differ.
    package static func joined(_ datasets: [SegmentationDataset]) throws -> SegmentationDataset {
        precondition(!datasets.isEmpty, "joined: no data sets")
        if datasets.count == 1 { return datasets[0] }
        for other in datasets
        where other.classes != datasets[0].classes || other.labelMap != datasets[0].labelMap {
            throw DatasetError(
                other.name, [.other("classes", "differ from those of \(datasets[0].name)")],
                advice: "train on data sets that share their classes and label map")
        }
        return SegmentationDataset(
            name: datasets.map(\.name).joined(separator: "+"), classes: datasets[0].classes,
            labelMap: datasets[0].labelMap, items: datasets.flatMap(\.items),
            pairingProblems: datasets.flatMap(\.pairingProblems))
    }

    /// The picture of an item. Throws `InputError`.
    package func image(of item: Item) throws -> Image<UInt8> {
        try ImageFile.readRGB(item.imagePath)
    }

    /// The class numbers of an item, made of its panoptic annotation where it has no label image; nil where
    /// it has neither. Throws `InputError`, and `DatasetError` for a number outside the classes.
    package func labels(of item: Item) throws -> LabelImage? {
        if let path = item.labelPath { return try labelMap.labels(path) }
        return try panoptic(of: item).map(labels)
    }

    /// The class numbers of segments.
    func labels(_ truth: PanopticTruth) -> LabelImage {
        truth.labels(void: UInt16(classes.ignoreLabel)) { UInt16($1.classNumber) }
    }

    /// The segments of an item with their pixels; nil where it has none. Throws `InputError`, and
    /// `DatasetError` where picture and list disagree.
    package func panoptic(of item: Item) throws -> PanopticTruth? {
        guard let annotation = item.panoptic else { return nil }
        if annotation.form == .listed { return try PanopticTruth(annotation) }
        return try labels(of: item).map { try PanopticTruth(annotation, labels: $0, classes: classes) }
    }

    /// The same; an item without segments is an error.
    package func requiredPanoptic(of item: Item) throws -> PanopticTruth {
        if let truth = try panoptic(of: item) { return truth }
        throw DatasetError(
            name, [.other(item.imagePath, "has no panoptic annotation")],
            advice: "make the annotations with pem-data prepare, or use a data set that has them")
    }

    /// The objects of an item; nil where the data set has none. Throws `InputError`, `DatasetError` or
    /// `InputError`.
    package func instances(of item: Item) throws -> InstanceTruth? {
        try item.instances.map { try InstanceTruth($0, classes: classes) }
    }

    /// The same for an image of this size; an item without, or of another size, is an error.
    func requiredInstances(of item: Item, _ image: ImageSize) throws -> InstanceTruth {
        guard let truth = try instances(of: item) else {
            throw DatasetError(
                name, [.other(item.imagePath, "has no list of objects")],
                advice: "use a data set of instances, such as cityscapes_fine_instance_seg_train")
        }
        try requireSize(image, of: item, in: truth.path, truth.size)
        return truth
    }

    /// Without the images whose lists hold nothing but crowd regions (detectron2's
    /// DATALOADER.FILTER_EMPTY_ANNOTATIONS); pictures are not opened.
    package var withoutEmptyImages: SegmentationDataset {
        replacing(items.filter { $0.instances?.isUsable ?? true })
    }

    /// Other items, with the problems that there are with their files (nil: the same).
    func replacing(_ items: [Item], problems: [DatasetProblem]? = nil) -> SegmentationDataset {
        SegmentationDataset(
            name: name, classes: classes, labelMap: labelMap, items: items,
            pairingProblems: problems ?? pairingProblems)
    }

    /// Picture and class numbers, of the same size. Throws as `image` and `labels`, and `DatasetError` where
    /// there are no labels or the sizes differ.
    package func pair(of item: Item) throws -> (image: Image<UInt8>, labels: LabelImage) {
        let image = try image(of: item)
        guard let labels = try labels(of: item) else {
            throw DatasetError(
                name, [.missingLabels(image: item.imagePath, expected: "a label image")],
                advice: "use a data set with labels")
        }
        try requireSize(image.size, of: item, labels.size)
        return (image, labels)
    }

    /// Throws `DatasetError` where an image has another size than its annotation in `path` (nil: its labels).
    func requireSize(
        _ image: ImageSize, of item: Item, in path: String? = nil, _ known: ImageSize
    ) throws {
        if image == known { return }
        throw DatasetError(
            name,
            [
                .sizes(image: item.imagePath, image, labels: path ?? item.labelPath ?? item.panoptic?.path ?? "", known)
            ], advice: "resize or replace one of the two")
    }
}
