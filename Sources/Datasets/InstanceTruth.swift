import Annotations
import Images

/// Where the objects of an image are stored.
package struct InstanceAnnotation: Sendable, Equatable {
    /// An entry of a list.
    package struct Object: Sendable, Equatable {
        /// Its number in the list.
        package let id: Int
        package let classNumber: Int
        /// Whether it is a crowd region: a group of things that are not told apart.
        package let isCrowd: Bool
        /// Pixels, as the list states them.
        package let area: Double
        package let outline: MaskOutline
    }

    /// How they are stored.
    package enum Content: Sendable, Equatable {
        /// As Cityscapes' instanceIds.
        case instanceIDs
        /// As a list of an image of this size.
        case objects([Object], size: ImageSize)
    }

    /// The file: a picture, or a list of many images.
    package let path: String
    /// How they are stored.
    package let content: Content

    /// The picture with the objects of this image alone.
    var picture: String? { content == .instanceIDs ? path : nil }

    /// Whether there is an object that is no crowd region; true for pictures, which are not opened.
    var isUsable: Bool {
        guard case .objects(let objects, _) = content else { return true }
        return objects.contains { !$0.isCrowd }
    }
}

/// The objects of one image with their shapes. They may overlap.
package struct InstanceTruth: Sendable, Equatable {
    /// Polygons are drawn later, at the size of the augmented image.
    package enum Shape: Sendable, Equatable {
        case mask(RunLengthMask)
        /// x0, y0, x1, y1, … of each, in pixels.
        case polygons([[Double]])
    }

    /// One object.
    package struct Object: Sendable, Equatable {
        package let classNumber: Int
        /// Whether it is a crowd region: a group of things that are not told apart.
        package let isCrowd: Bool
        /// Pixels, as a list states them; else as they were counted.
        package let area: Double
        /// In pixels of the image.
        package let shape: Shape

        package init(classNumber: Int, isCrowd: Bool, area: Double, shape: Shape) {
            self.classNumber = classNumber
            self.isCrowd = isCrowd
            self.area = area
            self.shape = shape
        }
    }

    /// Of the image.
    package let size: ImageSize
    /// In the order of the file.
    package let objects: [Object]
    /// The file they are from.
    package let path: String

    /// Reads pictures, and the shapes of a list. Throws `InputError`, `DatasetError`, or `InputError`.
    init(_ annotation: InstanceAnnotation, classes: ClassTable) throws {
        path = annotation.path
        switch annotation.content {
        case .objects(let listed, let size):
            self.size = size
            objects = try listed.map { object in
                let shape: Shape
                if case .polygons(let polygons) = object.outline {
                    shape = .polygons(polygons)
                } else {
                    let place = "\(annotation.path): annotation \(object.id)"
                    shape = .mask(
                        try object.outline.mask(height: size.height, width: size.width, place: place))
                }
                return Object(
                    classNumber: object.classNumber, isCrowd: object.isCrowd, area: object.area, shape: shape)
            }
        case .instanceIDs:
            let picture = try CityscapesPanoptic.instances(annotation.path)
            size = picture.size
            objects = Self.objects(of: picture, classes)
        }
    }

    /// The things among segments.
    init(_ panoptic: PanopticTruth, _ classes: ClassTable) {
        (size, path) = (panoptic.size, panoptic.annotation.path)
        objects = panoptic.annotation.segments.filter { classes.isThing[$0.classNumber] }.map { segment in
            let mask = RunLengthMask(height: panoptic.size.height, width: panoptic.size.width) {
                panoptic.ids[$0] == UInt32(segment.id)
            }
            return Object(
                classNumber: segment.classNumber, isCrowd: segment.isCrowd, area: Double(segment.area),
                shape: .mask(mask))
        }
    }

    /// The things of an instanceIds picture by ascending number (detectron2's cityscapes.py,
    /// load_cityscapes_instances with from_json=False); numbers below 1000 are crowd regions.
    private static func objects(of picture: LabelImage, _ classes: ClassTable) -> [Object] {
        let numbers = classes.classNumbers
        // PARITY: detectron2/data/datasets/cityscapes.py leaves out objects that are one pixel wide or high.
        let segments = CityscapesPanoptic.segments(of: picture).filter {
            numbers[$0.category] != nil && $0.box[2] > 1 && $0.box[3] > 1
        }
        var positions = [UInt16](repeating: 0, count: Int(UInt16.max) + 1)
        for (index, segment) in segments.enumerated() { positions[segment.id] = UInt16(index + 1) }
        let masks = RunLengthMask.masks(
            numbers: picture.values.map { positions[Int($0)] }, height: picture.height, width: picture.width,
            count: segments.count)
        return zip(segments, masks).map { segment, mask in
            Object(
                classNumber: numbers[segment.category] ?? 0, isCrowd: segment.crowd != 0,
                area: Double(segment.area), shape: .mask(mask))
        }
    }

    /// The pixels of one of the objects. Throws `InputError` that names the file.
    package func mask(of object: Object) throws -> RunLengthMask {
        switch object.shape {
        case .mask(let mask): mask
        case .polygons(let polygons):
            try RunLengthMask(height: size.height, width: size.width, polygons: polygons, place: path)
        }
    }
}
