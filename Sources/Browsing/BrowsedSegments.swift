import Annotations
import Datasets
import Images

/// What labels say of an image: for each pixel a class and a number that tells its segment from others.
struct BrowsedSegments {
    private let labels, numbers: LabelImage
    /// The class of number 1, 2, …
    private let classes: [Int]

    /// The objects of an item, else its segments, else its labels; nil where it has none. Throws what reading them
    /// throws.
    init?(of item: SegmentationDataset.Item, in dataset: SegmentationDataset) throws {
        let none = UInt16(dataset.classes.ignoreLabel)
        if let truth = try dataset.instances(of: item) {
            let objects = truth.objects.filter { !$0.isCrowd }
            let count = truth.size.area
            var (labels, numbers) = ([UInt16](repeating: none, count: count), [UInt16](repeating: 0, count: count))
            for (index, object) in objects.enumerated() {
                for (pixel, isInside) in try truth.mask(of: object).bits.enumerated() where isInside {
                    labels[pixel] = UInt16(object.classNumber)
                    numbers[pixel] = UInt16(index + 1)
                }
            }
            self.labels = LabelImage(size: truth.size, values: labels)
            self.numbers = LabelImage(size: truth.size, values: numbers)
            classes = objects.map(\.classNumber)
        } else if let truth = try dataset.panoptic(of: item) {
            let segments = truth.annotation.segments
            labels = truth.labels(void: none) { UInt16($1.classNumber) }
            numbers = truth.labels(void: 0) { index, _ in UInt16(index + 1) }
            classes = segments.map(\.classNumber)
        } else if let labels = try dataset.labels(of: item) {
            let count = UInt16(dataset.classes.count)
            self.labels = labels
            numbers = LabelImage(size: labels.size, values: labels.values.map { $0 < count ? $0 + 1 : 0 })
            classes = Array(dataset.classes.names.indices)
        } else {
            return nil
        }
    }

    /// The targets of a training sample, where its image is: padding beyond it is left out.
    init(of sample: TrainingSample, ignoreLabel: Int) {
        let targets = sample.targets
        let size = ImageSize(height: targets.height, width: targets.width)
        var labels = [UInt16](repeating: UInt16(ignoreLabel), count: size.area)
        var numbers = [UInt16](repeating: 0, count: size.area)
        for layer in targets.layers {
            for (pixel, segment) in layer.enumerated() where segment >= 0 {
                labels[pixel] = UInt16(targets.classes[Int(segment)])
                numbers[pixel] = UInt16(segment + 1)
            }
        }
        let region = PixelRegion(sample.image.size)
        self.labels = LabelImage(size: size, values: labels).cropped(to: region)
        self.numbers = LabelImage(size: size, values: numbers).cropped(to: region)
        classes = targets.classes
    }

    /// The same of the image at another size.
    func resized(to size: ImageSize, _ table: ClassTable) -> NamedSegments {
        NamedSegments(
            labels: labels.resizedNearest(to: size), numbers: numbers.resizedNearest(to: size).values.map(Int32.init),
            names: Dictionary(
                uniqueKeysWithValues: classes.enumerated().map { (Int32($0.offset + 1), table.names[$0.element]) }))
    }
}
