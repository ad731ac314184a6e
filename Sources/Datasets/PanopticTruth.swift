import Annotations
import Images

/// The panoptic annotation of one image: its segments, and where their pixels are stored.
package struct PanopticAnnotation: Sendable, Equatable {
    /// One segment.
    package struct Segment: Sendable, Equatable {
        /// Its number in the picture.
        package let id: Int
        package let classNumber: Int
        /// Whether it is a crowd region: a group of things that are not told apart.
        package let isCrowd: Bool
        /// Pixels, as the list states them; as they were counted where it does not.
        package internal(set) var area: Int
        /// Whether it may have no pixel: ADE20K also lists stuff that things cover entirely.
        package let mayBeCovered: Bool

        package init(
            id: Int, classNumber: Int, isCrowd: Bool = false, area: Int = 0, mayBeCovered: Bool = false
        ) {
            self.id = id
            self.classNumber = classNumber
            self.isCrowd = isCrowd
            self.area = area
            self.mayBeCovered = mayBeCovered
        }
    }

    /// What tells the segments of an image apart.
    package enum Form: Sendable {
        /// A list, and the colours of the picture: red + 256 green + 65536 blue is a segment's number, 0 is void.
        case listed
        /// The labels, and in things the grey levels of the picture: pixels of one class and number are an object,
        /// those of number 0 a crowd region.
        case objectNumbers
        /// The labels, which are the picture: what is connected is an object.
        case connected
    }

    /// The picture.
    package let path: String
    package let form: Form
    /// In the list's order; empty without a list: then they are found when the picture is read.
    package internal(set) var segments: [Segment]

    /// The numbers of the segments differ. No file is opened.
    package init(path: String, form: Form = .listed, segments: [Segment] = []) {
        self.path = path
        self.form = form
        self.segments = segments
    }
}

/// The panoptic annotation of one image with its pixels.
package struct PanopticTruth: Sendable, Equatable {
    /// Of the image.
    package let size: ImageSize
    /// [H * W]: the segment of each pixel; 0 is void.
    package let ids: [UInt32]
    /// What the segments are.
    package let annotation: PanopticAnnotation

    /// Reads the picture. Throws `InputError`, and `DatasetError` where its numbers are not those of the
    /// list.
    init(_ annotation: PanopticAnnotation) throws {
        let picture = try ImageFile.readNumbers(annotation.path)
        size = picture.size
        ids = picture.segmentIDs
        let areas = Self.areas(ids)
        var annotation = annotation
        for index in annotation.segments.indices where annotation.segments[index].area == 0 {
            annotation.segments[index].area = areas[UInt32(annotation.segments[index].id)] ?? 0
        }
        self.annotation = annotation
        try requireAgreement(areas)
    }

    /// `ids` are row-major.
    init(_ size: ImageSize, ids: [UInt32], annotation: PanopticAnnotation) {
        precondition(ids.count == size.area, "PanopticTruth: \(ids.count) pixels of \(size)")
        self.size = size
        self.ids = ids
        self.annotation = annotation
    }

    /// A label map of the numbers that `number` gives the segments (with their index); `void` for pixels of none.
    package func labels(void: UInt16, _ number: (Int, PanopticAnnotation.Segment) -> UInt16) -> LabelImage {
        var numbers: [UInt32: UInt16] = [:]
        for (index, segment) in annotation.segments.enumerated() {
            numbers[UInt32(segment.id)] = number(index, segment)
        }
        var values: [UInt16] = []
        values.reserveCapacity(ids.count)
        // Neighbours mostly belong to one segment: one look-up for a run of them.
        var last = (id: UInt32.max, value: void)
        for id in ids {
            if id != last.id { last = (id, numbers[id] ?? void) }
            values.append(last.value)
        }
        return LabelImage(size: size, values: values)
    }

    private func requireAgreement(_ areas: [UInt32: Int]) throws {
        let listed = Set(annotation.segments.map { UInt32($0.id) })
        var problems: [DatasetProblem] = areas.keys.filter { $0 != 0 && !listed.contains($0) }.sorted().map {
            .other(annotation.path, "segment \($0) has \(areas[$0] ?? 0) pixels, but is not in the list")
        }
        for segment in annotation.segments where !segment.mayBeCovered && areas[UInt32(segment.id)] == nil {
            problems.append(
                .other(annotation.path, "segment \(segment.id) is in the list, but has no pixel"))
        }
        if !problems.isEmpty {
            throw DatasetError(
                "panoptic annotation", problems,
                advice: "picture and list must come from the same preparation")
        }
    }
}
