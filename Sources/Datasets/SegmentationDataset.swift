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
        /// Nil in test sets without labels, and where a panoptic annotation says it all.
        package let labelPath: String?

        /// Segments told apart; nil where the data set has none.
        package let panoptic: PanopticAnnotation?

        /// Files that belong together; none is opened.
        package init(
            id: String, imagePath: String, labelPath: String?, panoptic: PanopticAnnotation? = nil
        ) {
            self.id = id
            self.imagePath = imagePath
            self.labelPath = labelPath
            self.panoptic = panoptic
        }
    }

    /// As configurations name it.
    package let name: String
    /// What its pixels can be.
    package let classes: ClassTable
    /// From the numbers in the label files to class numbers.
    package let labelMap: LabelMap
    /// Sorted by path.
    package let items: [Item]
    /// What is wrong with the names of the files; `check` reports it with everything else.
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

    /// The picture of an item. Throws `ImageError`.
    package func image(of item: Item) throws -> RGBImage {
        try ImageFile.readRGB(item.imagePath)
    }

    /// The class numbers of an item, made of its panoptic annotation where it has no label image; nil where
    /// it has neither. Throws `ImageError`, and `DatasetError` for a number outside the classes.
    package func labels(of item: Item) throws -> LabelImage? {
        guard let path = item.labelPath else {
            return try panoptic(of: item)?.labels(void: UInt16(classes.ignoreLabel)) {
                UInt16($1.classNumber)
            }
        }
        return try labelMap.apply(to: ImageFile.readLabels(path), path: path)
    }

    /// The segments of an item with their pixels; nil where it has none. Throws `ImageError`, and
    /// `DatasetError` where picture and list disagree.
    package func panoptic(of item: Item) throws -> PanopticTruth? {
        try item.panoptic.map { try PanopticTruth($0) }
    }

    /// The same; an item without segments is an error.
    package func requiredPanoptic(of item: Item) throws -> PanopticTruth {
        if let truth = try panoptic(of: item) { return truth }
        throw DatasetError(
            name, [.other(item.imagePath, "has no panoptic annotation")],
            advice: "make the annotations with pem-data prepare, or use a data set that has them")
    }

    /// Picture and class numbers, of the same size. Throws as `image` and `labels`, and `DatasetError` where
    /// there are no labels or the sizes differ.
    package func pair(of item: Item) throws -> (image: RGBImage, labels: LabelImage) {
        let image = try image(of: item)
        guard let labels = try labels(of: item) else {
            throw DatasetError(
                name, [.missingLabels(image: item.imagePath, expected: "a label image")],
                advice: "use a data set with labels")
        }
        if image.width != labels.width || image.height != labels.height {
            throw DatasetError(
                name, [Self.differ(item, (image.width, image.height), (labels.width, labels.height))],
                advice: "resize or replace one of the two")
        }
        return (image, labels)
    }

    static func differ(
        _ item: Item, _ image: (width: Int, height: Int), _ labels: (width: Int, height: Int)
    ) -> DatasetProblem {
        .sizesDiffer(
            image: item.imagePath, imageSize: "\(image.width)x\(image.height)",
            labels: item.labelPath ?? item.panoptic?.path ?? "",
            labelSize: "\(labels.width)x\(labels.height)")
    }
}
