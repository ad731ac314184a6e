/// What a mask classifier shall find in one image: segments that never overlap, and the class of each.
package struct MaskTargets: Sendable, Equatable {
    /// The class of each segment.
    package let classes: [Int]
    /// Rows.
    package let height: Int
    /// Columns.
    package let width: Int
    /// [H * W]: the segment of each pixel, an index into `classes`; −1 is none.
    package let segments: [Int32]

    /// Of an image of `height` × `width`; every segment's number is an index into `classes`, or −1.
    package init(classes: [Int], height: Int, width: Int, segments: [Int32]) {
        precondition(
            height > 0 && width > 0 && segments.count == height * width,
            "MaskTargets: \(segments.count) pixels for \(height)×\(width)")
        precondition(
            segments.allSatisfy { $0 >= -1 && $0 < classes.count },
            "MaskTargets: a pixel of a segment beyond the \(classes.count) there are")
        self.classes = classes
        self.height = height
        self.width = width
        self.segments = segments
    }

    /// One segment for each class that `labels` [H * W] hold, in ascending order; the ignore label makes none
    /// (official mask_former_semantic_dataset_mapper.py).
    package init(labels: [UInt16], height: Int, width: Int, ignoreLabel: Int) {
        precondition(
            height > 0 && width > 0 && labels.count == height * width,
            "MaskTargets: \(labels.count) labels for \(height)×\(width)")
        var segmentOfLabel = [Int32](repeating: -1, count: Int(UInt16.max) + 1)
        for label in labels { segmentOfLabel[Int(label)] = 0 }
        var classes: [Int] = []
        for label in segmentOfLabel.indices where segmentOfLabel[label] == 0 {
            if label == ignoreLabel {
                segmentOfLabel[label] = -1
            } else {
                segmentOfLabel[label] = Int32(classes.count)
                classes.append(label)
            }
        }
        self.classes = classes
        self.height = height
        self.width = width
        segments = labels.map { segmentOfLabel[Int($0)] }
    }
}
