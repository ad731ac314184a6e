/// The targets of a mask classifier in one image: segments, and the class of each.
package struct MaskTargets: Sendable, Equatable {
    /// The class of each segment.
    package let classes: [Int]
    package let height: Int
    package let width: Int
    /// [H * W] each: the segment of each pixel, an index into `classes`; −1 is none. Segments that overlap
    /// lie in different layers, each in one.
    package let layers: [[Int32]]
    /// The layer of each segment.
    package let layerOfSegment: [Int]

    /// Of an image of `height` × `width`; every segment's number is an index into `classes`, or −1, and in one
    /// layer alone.
    package init(classes: [Int], height: Int, width: Int, layers: [[Int32]]) {
        precondition(
            height > 0 && width > 0 && !layers.isEmpty && layers.allSatisfy { $0.count == height * width },
            "MaskTargets: layers of \(layers.map(\.count)) pixels for \(height)×\(width)")
        var layerOfSegment = [Int](repeating: -1, count: classes.count)
        for (number, layer) in layers.enumerated() {
            for segment in layer where segment >= 0 {
                precondition(
                    segment < classes.count, "MaskTargets: segment \(segment) of the \(classes.count) there are")
                precondition(
                    layerOfSegment[Int(segment)] == -1 || layerOfSegment[Int(segment)] == number,
                    "MaskTargets: segment \(segment) in two layers")
                layerOfSegment[Int(segment)] = number
            }
        }
        self.classes = classes
        self.height = height
        self.width = width
        self.layers = layers
        self.layerOfSegment = layerOfSegment.map { max($0, 0) }
    }

    /// Segments that never overlap: one layer.
    package init(classes: [Int], height: Int, width: Int, segments: [Int32]) {
        self.init(classes: classes, height: height, width: width, layers: [segments])
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
        self.init(
            classes: classes, height: height, width: width, segments: labels.map { segmentOfLabel[Int($0)] })
    }
}
