import Annotations
import Datasets
import Metrics

/// What is drawn over an image: the class of each pixel, and the segments that things of one class are told apart by.
/// It has any size, since a small picture needs no more.
package struct DrawnRegions: Sendable {
    /// The ignore label where nothing is drawn.
    package let labels: LabelImage
    /// [H * W]; nil where classes are all that is told apart.
    package let segments: [Int32]?

    /// Instances of a lower score are not drawn.
    private static let leastScore: Float = 0.5

    /// What was predicted: segments where there are any, else labels, else instances.
    package init(_ prediction: ImagePrediction, _ classes: ClassTable, size: ImageSize) {
        let pixels = NearestPixels(of: prediction.size, for: size)
        if let panoptic = prediction.panoptic {
            let ofSegment = panoptic.segments.map { (Int32($0.id), UInt16($0.category)) }
            self.init(segments: pixels(panoptic.segmentIDs), ofSegment, classes, size)
        } else if let labels = prediction.labels {
            self.init(labels: LabelImage(size: size, values: pixels(labels.values)), segments: nil)
        } else {
            let found = (prediction.instances ?? []).filter { $0.score >= Self.leastScore }
            // The one with the highest score is on top.
            self.init(
                objects: found.sorted { $0.score < $1.score }.map { ($0.mask, $0.category) }, pixels, classes, size)
        }
    }

    /// What is true, of the same kind; nil where it is not known.
    package init?(_ truth: EvaluationCase, _ classes: ClassTable, size: ImageSize) {
        let pixels = NearestPixels(of: truth.sample.size, for: size)
        if let panoptic = truth.sample.panoptic {
            let ofSegment = panoptic.annotation.segments.map { (Int32($0.id), UInt16($0.classNumber)) }
            self.init(segments: pixels(panoptic.ids).map(Int32.init), ofSegment, classes, size)
        } else if let labels = truth.sample.labels {
            self.init(labels: LabelImage(size: size, values: pixels(labels.values)), segments: nil)
        } else if let instances = truth.instances {
            let numbers = classes.classNumbers
            let known = instances.compactMap { object in numbers[object.category].map { (object.mask, $0) } }
            self.init(objects: known, pixels, classes, size)
        } else if let instances = truth.cityscapes?.instances {
            // Label id · 1000 + number; less is no object.
            let ids = pixels(instances.values).map { $0 < 1000 ? 0 : Int32($0) }
            let ofSegment = Set(ids).compactMap { id in
                classes.classNumbers[Int(id) / 1000].map { (id, UInt16($0)) }
            }
            self.init(segments: ids, ofSegment, classes, size)
        } else {
            return nil
        }
    }

    private init(labels: LabelImage, segments: [Int32]?) {
        self.labels = labels
        self.segments = segments
    }

    private init(segments: [Int32], _ ofSegment: [(Int32, UInt16)], _ classes: ClassTable, _ size: ImageSize) {
        let classOf = Dictionary(ofSegment, uniquingKeysWith: { first, _ in first })
        let void = UInt16(classes.ignoreLabel)
        var last = (segment: Int32.min, label: void)
        let labels = segments.map { segment in
            if segment != last.segment { last = (segment, classOf[segment] ?? void) }
            return last.label
        }
        self.init(labels: LabelImage(size: size, values: labels), segments: segments)
    }

    /// Objects with their classes, later ones on top.
    private init(
        objects: [(mask: RunLengthMask, classNumber: Int)], _ pixels: NearestPixels, _ classes: ClassTable,
        _ size: ImageSize
    ) {
        var labels = [UInt16](repeating: UInt16(classes.ignoreLabel), count: size.area)
        var segments = [Int32](repeating: 0, count: size.area)
        for (number, object) in objects.enumerated() {
            for (pixel, isInside) in pixels(object.mask.bits).enumerated() where isInside {
                labels[pixel] = UInt16(object.classNumber)
                segments[pixel] = Int32(number + 1)
            }
        }
        self.init(labels: LabelImage(size: size, values: labels), segments: segments)
    }
}

/// Values of the pixels of an image at the pixels of another size: those nearest to their centres.
private struct NearestPixels {
    private let rows: [Int], columns: [Int]
    private let width: Int
    private let isSame: Bool

    init(of source: ImageSize, for target: ImageSize) {
        func places(_ source: Int, _ target: Int) -> [Int] { (0..<target).map { (2 * $0 + 1) * source / (2 * target) } }
        rows = places(source.height, target.height)
        columns = places(source.width, target.width)
        width = source.width
        isSame = source == target
    }

    func callAsFunction<Value>(_ values: [Value]) -> [Value] {
        if isSame { return values }
        return values.withUnsafeBufferPointer { values in
            rows.flatMap { row in columns.map { values[row * width + $0] } }
        }
    }
}
