import Images

/// What a panoptic list says about one image, by class number.
package struct PanopticAnnotation: Sendable, Equatable {
    /// One segment.
    package struct Segment: Sendable, Equatable {
        /// Its number in the picture.
        package let id: Int
        /// Its class.
        package let classNumber: Int
        /// A group of things that nobody told apart.
        package let isCrowd: Bool
        /// Pixels, as the list states them.
        package let area: Int
        /// Whether it may have no pixel: ADE20K lists stuff that things cover entirely.
        package let mayBeCovered: Bool

        /// A row of a list.
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
        /// those of number 0 a crowd.
        case objectNumbers
        /// The labels, which are the picture: what is connected is an object.
        case connected
    }

    /// The picture.
    package let path: String
    /// What it holds.
    package let form: Form
    /// In the list's order; without a list they are found when the picture is read.
    package let segments: [Segment]

    /// A picture, which is not opened, and its segments, whose numbers differ.
    package init(path: String, form: Form = .listed, segments: [Segment] = []) {
        self.path = path
        self.form = form
        self.segments = segments
    }
}

/// The panoptic annotation of one image with its pixels.
package struct PanopticTruth: Sendable, Equatable {
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    /// [H * W]: the segment of each pixel; 0 is void.
    package let ids: [UInt32]
    /// What the segments are.
    package let annotation: PanopticAnnotation

    /// Reads the picture. Throws `ImageError`, and `DatasetError` where its numbers are not those of the
    /// list.
    init(_ annotation: PanopticAnnotation) throws {
        let picture = try ImageFile.readNumbers(annotation.path)
        self.annotation = annotation
        (width, height) = (picture.width, picture.height)
        ids = picture.segmentIDs
        try requireAgreement()
    }

    /// Segments that were found; `ids` are row-major.
    init(width: Int, height: Int, ids: [UInt32], annotation: PanopticAnnotation) {
        precondition(ids.count == width * height, "PanopticTruth: \(ids.count) pixels of \(width)x\(height)")
        self.width = width
        self.height = height
        self.ids = ids
        self.annotation = annotation
    }

    /// Numbers of the segments as this gives them, `void` for pixels of none, as a label map.
    func labels(void: UInt16, _ number: (Int, PanopticAnnotation.Segment) -> UInt16) -> LabelImage {
        var numbers: [UInt32: UInt16] = [:]
        for (place, segment) in annotation.segments.enumerated() {
            numbers[UInt32(segment.id)] = number(place, segment)
        }
        var values: [UInt16] = []
        values.reserveCapacity(ids.count)
        // Neighbours mostly belong to one segment: one look-up a run.
        var last = (id: UInt32.max, value: void)
        for id in ids {
            if id != last.id { last = (id, numbers[id] ?? void) }
            values.append(last.value)
        }
        return LabelImage(width: width, height: height, values: values)
    }

    private func requireAgreement() throws {
        let areas = Self.areas(ids)
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
