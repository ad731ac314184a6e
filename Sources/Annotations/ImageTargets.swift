/// What a network shall find in one image.
package struct ImageTargets: Sendable, Equatable {
    /// Segments with their classes.
    package let segments: MaskTargets
    /// [H · W]: class numbers and the ignore label, of the segments' size; nil where objects are all there is.
    package let labels: [UInt16]?
    /// [H · W]: 1 on boundaries between classes, else 0; nil where nothing learns them.
    package let boundaries: [UInt16]?

    /// Segments, and the labels that they were made of where they were.
    package init(segments: MaskTargets, labels: [UInt16]? = nil, boundaries: [UInt16]? = nil) {
        let area = segments.height * segments.width
        precondition(
            (labels?.count ?? area) == area && (boundaries?.count ?? area) == area,
            "ImageTargets: \(labels?.count ?? 0) labels, \(boundaries?.count ?? 0) boundaries for "
                + "\(segments.height)×\(segments.width)")
        self.segments = segments
        self.labels = labels
        self.boundaries = boundaries
    }
}
