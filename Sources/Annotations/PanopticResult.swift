/// A panoptic segmentation that was predicted for an image.
package struct PanopticResult: Sendable {
    /// One segment.
    package struct Segment: Sendable, Equatable {
        /// Its number in the map, from 1.
        package let id: Int
        /// Whether its class is of things.
        package let isThing: Bool
        /// Its class.
        package let category: Int

        package init(id: Int, isThing: Bool, category: Int) {
            self.id = id
            self.isThing = isThing
            self.category = category
        }
    }

    /// [H · W]: the segment of each pixel; 0 is void.
    package let segmentIDs: [Int32]
    /// The segments, by number.
    package let segments: [Segment]

    package init(segmentIDs: [Int32], segments: [Segment]) {
        self.segmentIDs = segmentIDs
        self.segments = segments
    }
}
