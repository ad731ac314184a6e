import Annotations

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
