import Annotations
import Tensors

/// The class of each pixel of an image.
package struct PixelLabels: Sendable {
    /// [H · W].
    let labels: [UInt16]
    let size: ImageSize
    /// The label of pixels that do not count.
    let ignored: Int
    /// How many pixels count.
    let count: Int

    /// All labels but `ignored` are classes.
    package init(labels: [UInt16], size: ImageSize, ignored: Int) {
        precondition(labels.count == size.area, "pixel labels: \(labels.count) labels for \(size)")
        (self.labels, self.size, self.ignored) = (labels, size, ignored)
        count = labels.reduce(0) { $0 + (Int($1) == ignored ? 0 : 1) }
    }
}

extension PixelLabels {
    /// The label map of image `image` of a batch. Throws `InputError` where there is none, and for a label that is no
    /// class.
    init(_ target: ImageTargets, image: Int, classes: Int, ignored: Int) throws {
        let place = "image \(image) of the batch"
        guard let labels = target.labels else {
            throw InputError(
                place: place, what: "it has objects alone and no label map",
                advice: "train a per-pixel network with a semantic or panoptic INPUT.DATASET_MAPPER_NAME")
        }
        if let index = labels.firstIndex(where: { $0 >= classes && $0 != ignored }) {
            let width = target.segments.width
            throw InputError(
                place: place, what: "the label at row \(index / width), column \(index % width) is no class",
                expected: "0..<\(classes), or \(ignored) to ignore", got: "\(labels[index])",
                advice: "set MODEL.SEM_SEG_HEAD.NUM_CLASSES and IGNORE_VALUE as the data set has them")
        }
        self.init(
            labels: labels, size: ImageSize(height: target.segments.height, width: target.segments.width),
            ignored: ignored)
    }

    /// The same map in which pixels count no more that `counts` denies; it gets their places in [H · W], several at
    /// once.
    func keeping(_ counts: (Int) -> Bool) -> PixelLabels {
        let kept = [UInt16](unsafeUninitializedCapacity: labels.count) { kept, count in
            count = labels.count
            nonisolated(unsafe) let kept = kept
            labels.withUnsafeBufferPointer { labels in
                parallelRows(size.height, grain: 32) { rows in
                    for place in rows.lowerBound * size.width..<rows.upperBound * size.width {
                        kept[place] = counts(place) ? labels[place] : UInt16(ignored)
                    }
                }
            }
        }
        return PixelLabels(labels: kept, size: size, ignored: ignored)
    }
}
