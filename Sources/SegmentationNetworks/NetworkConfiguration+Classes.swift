package import Annotations
import Recipes

extension NetworkConfiguration {
    /// The table of `classes`, which are numbered 0, 1, … in their order and as many as the configuration's; nil: of
    /// those that its data sets have. Throws `SegmentationError`.
    package func table(_ classes: [SegmentationClass]?) throws(SegmentationError) -> ClassTable {
        let run = setup.configuration
        guard let classes else {
            if run.test.inference.panoptic, run.classTable == nil {
                throw SegmentationError(
                    place: "classes", what: "segments are wanted, and it is not known which classes are things",
                    advice: "give the classes, or name a data set that says so (DATASETS.TEST)")
            }
            return try SegmentationError.translating { try run.drawnClasses() }
        }
        guard classes.map(\.number) == Array(0..<run.model.classCount) else {
            throw SegmentationError(
                place: "classes", what: "they are not those of the configuration",
                expected: "the numbers 0 to \(classCount - 1) in their order (MODEL.SEM_SEG_HEAD.NUM_CLASSES)",
                got: "\(classes.map(\.number))", advice: "give every class once, or set the key to their number")
        }
        guard ignoreLabel >= classes.count else {
            throw SegmentationError(
                place: "MODEL.SEM_SEG_HEAD.IGNORE_VALUE", what: "is the number of a class",
                expected: "at least \(classes.count)", got: "\(ignoreLabel)", advice: "raise it")
        }
        return ClassTable(
            classes.map { .init(name: $0.name, color: RGBColor($0.red, $0.green, $0.blue), isThing: $0.isThing) },
            ignoreLabel: ignoreLabel)
    }
}
