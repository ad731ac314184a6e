import Annotations

/// A picture with what is known of it, before augmentation; all of one size.
package struct AnnotatedImage: Sendable {
    let image: Image<UInt8>
    let labels: LabelImage?
    let panoptic: PanopticTruth?
    let instances: InstanceTruth?
    /// The picture's file, or what it is called.
    let path: String

    init(
        _ image: Image<UInt8>, labels: LabelImage? = nil, panoptic: PanopticTruth? = nil,
        instances: InstanceTruth? = nil, path: String
    ) {
        (self.image, self.labels, self.panoptic) = (image, labels, panoptic)
        (self.instances, self.path) = (instances, path)
    }

    /// A picture with a class for each pixel and, where `objects` are given, the number of its object, by which pixels
    /// of one class of things are told apart; those of number 0 are a crowd region. Throws `DatasetError` for too many
    /// objects.
    package init(
        _ image: Image<UInt8>, labels: LabelImage, objects: LabelImage?, classes: ClassTable, path: String
    ) throws {
        let panoptic = try objects.map {
            try PanopticTruth(.init(path: path, form: .objectNumbers), labels: labels, classes: classes, numbers: $0)
        }
        self.init(
            image, labels: labels, panoptic: panoptic, instances: panoptic.map { InstanceTruth($0, classes) },
            path: path)
    }

    /// One of the annotations. Throws `InputError` where it is not there.
    func required<Annotation>(_ annotation: KeyPath<AnnotatedImage, Annotation?>, _ name: String) throws -> Annotation {
        if let found = self[keyPath: annotation] { return found }
        throw InputError(
            place: path, what: "has no \(name), which INPUT.DATASET_MAPPER_NAME asks for",
            advice: "give it, or train on labels alone (mask_former_semantic)")
    }
}
