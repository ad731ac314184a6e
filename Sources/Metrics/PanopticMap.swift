import Annotations

/// A panoptic segmentation of one image, as COCO's panoptic format stores it: a segment number for every
/// pixel, and a list that says what the segments are.
package struct PanopticMap: Sendable, Equatable {
    /// One segment of the list.
    package struct Segment: Sendable, Equatable {
        /// Its number in the pixels; never 0.
        package let id: Int
        /// Its category, by the data set's number.
        package let category: Int
        /// Whether it is a crowd region, a group whose members are not told apart: it can neither be found nor
        /// missed. Read of the truth only.
        package let isCrowd: Bool
        /// Pixels, as the file states them. Read of the truth only: a prediction's area is counted.
        package let area: Int

        package init(id: Int, category: Int, isCrowd: Bool = false, area: Int = 0) {
            self.id = id
            self.category = category
            self.isCrowd = isCrowd
            self.area = area
        }
    }

    /// [H * W]: the segment of each pixel; 0 is void.
    package let ids: [UInt32]
    /// The segments, each number once.
    package let segments: [Segment]
    /// The file it comes from, for messages.
    package let place: String

    package init(ids: [UInt32], segments: [Segment], place: String) {
        self.ids = ids
        self.segments = segments
        self.place = place
    }

    /// Segments by number. Throws `InputError` for a number that is listed twice, or 0.
    func segmentsByID() throws -> [UInt32: Segment] {
        var found: [UInt32: Segment] = [:]
        for segment in segments {
            guard let id = UInt32(exactly: segment.id), id != 0 else {
                throw fault("segment \(segment.id) is no segment number", "1 to 16777215", "\(segment.id)")
            }
            if found.updateValue(segment, forKey: id) != nil {
                throw fault("segment \(id) is listed twice", "each id once", "a second segment \(id)")
            }
        }
        return found
    }

    /// An error about this map's file.
    func fault(_ what: String, _ expected: String, _ got: String) -> InputError {
        InputError(
            place: place, what: what, expected: expected, got: got,
            advice: "write pixels and segment list from the same segmentation")
    }
}
