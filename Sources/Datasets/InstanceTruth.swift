import Annotations
import Images

/// Where the objects of an image are stored.
package struct InstanceAnnotation: Sendable, Equatable {
    /// What a list says of one object.
    package struct Object: Sendable, Equatable {
        /// Its number in the list.
        package let id: Int
        /// Its class.
        package let classNumber: Int
        /// A group of things that nobody told apart.
        package let isCrowd: Bool
        /// Pixels, as the list states them.
        package let area: Double
        /// Its shape.
        package let outline: MaskOutline
    }

    /// How they are stored.
    package enum Content: Sendable, Equatable {
        /// As Cityscapes' instanceIds.
        case instanceIDs
        /// As a list of an image of this size.
        case objects([Object], height: Int, width: Int)
    }

    /// The file: a picture, or a list of many images.
    package let path: String
    /// How they are stored.
    package let content: Content

    /// The picture, where each image has its own.
    var picture: String? { content == .instanceIDs ? path : nil }

    /// Whether there is an object that is no crowd; pictures, which are not opened, are taken to have one.
    var isUsable: Bool {
        guard case .objects(let objects, _, _) = content else { return true }
        return objects.contains { !$0.isCrowd }
    }
}

/// The objects of one image with their shapes. They may overlap.
package struct InstanceTruth: Sendable, Equatable {
    /// A polygon list is kept as it is: it is drawn at the size it is wanted at.
    package enum Shape: Sendable, Equatable {
        case mask(RunLengthMask)
        /// x0, y0, x1, y1, … of each, in pixels.
        case polygons([[Double]])
    }

    /// One object.
    package struct Object: Sendable, Equatable {
        /// Its class.
        package let classNumber: Int
        /// A group of things that nobody told apart.
        package let isCrowd: Bool
        /// Pixels, as stated where they are.
        package let area: Double
        /// In pixels of the image.
        package let shape: Shape

        /// An object of an image.
        package init(classNumber: Int, isCrowd: Bool, area: Double, shape: Shape) {
            self.classNumber = classNumber
            self.isCrowd = isCrowd
            self.area = area
            self.shape = shape
        }
    }

    /// Rows.
    package let height: Int
    /// Columns.
    package let width: Int
    /// In the order of the file.
    package let objects: [Object]
    /// The file they are from.
    package let path: String

    /// Reads pictures, and the shapes of a list. Throws `ImageError`, `DatasetError`, or `MaskError`.
    init(_ annotation: InstanceAnnotation, classes: ClassTable) throws {
        path = annotation.path
        switch annotation.content {
        case .objects(let listed, let height, let width):
            (self.height, self.width) = (height, width)
            objects = try listed.map { object in
                let shape: Shape
                if case .polygons(let polygons) = object.outline {
                    shape = .polygons(polygons)
                } else {
                    let place = "\(annotation.path): annotation \(object.id)"
                    shape = .mask(try object.outline.mask(height: height, width: width, place: place))
                }
                return Object(
                    classNumber: object.classNumber, isCrowd: object.isCrowd, area: object.area, shape: shape)
            }
        case .instanceIDs:
            let picture = try CityscapesPanoptic.instances(annotation.path)
            (height, width) = (picture.height, picture.width)
            objects = Self.objects(of: picture, classes)
        }
    }

    /// The things of an instanceIds picture by ascending number (detectron2's cityscapes.py,
    /// load_cityscapes_instances with from_json=False); numbers below 1000 are groups.
    private static func objects(of picture: LabelImage, _ classes: ClassTable) -> [Object] {
        let numbers = classes.classNumbers
        // PARITY: detectron2/data/datasets/cityscapes.py leaves out what is a pixel wide or high.
        let segments = CityscapesPanoptic.segments(of: picture).filter {
            numbers[$0.category] != nil && $0.box[2] > 1 && $0.box[3] > 1
        }
        var places = [UInt16](repeating: 0, count: Int(UInt16.max) + 1)
        for (place, segment) in segments.enumerated() { places[segment.id] = UInt16(place + 1) }
        let masks = RunLengthMask.masks(
            numbers: picture.values.map { places[Int($0)] }, height: picture.height, width: picture.width,
            count: segments.count)
        return zip(segments, masks).map { segment, mask in
            Object(
                classNumber: numbers[segment.category] ?? 0, isCrowd: segment.crowd != 0,
                area: Double(segment.area), shape: .mask(mask))
        }
    }

    /// The pixels of one of the objects. Throws `MaskError` that names the file.
    package func mask(of object: Object) throws -> RunLengthMask {
        switch object.shape {
        case .mask(let mask): mask
        case .polygons(let polygons):
            try RunLengthMask(height: height, width: width, polygons: polygons, place: path)
        }
    }
}
