/// What a network shall find in one image.
package struct ImageTargets: Sendable, Equatable {
    /// Segments with their classes.
    package let segments: MaskTargets
    /// [H · W]: class numbers and the ignore label, of the segments' size; nil where objects are all there is.
    package let labels: [UInt16]?

    /// Segments, and the labels that they were made of where they were.
    package init(segments: MaskTargets, labels: [UInt16]? = nil) {
        precondition(
            labels.map { $0.count == segments.height * segments.width } ?? true,
            "ImageTargets: \(labels?.count ?? 0) labels for \(segments.height)×\(segments.width)")
        self.segments = segments
        self.labels = labels
    }
}
