import Annotations
import Configurations

extension RunConfiguration {
    /// The classes of the data sets; without one numbers and colours far apart. Throws `ConfigError` where segments
    /// are wanted and it is not known which classes are things.
    package func drawnClasses() throws -> ClassTable {
        if let table = classTable { return table }
        if test.inference.panoptic {
            throw invalid(
                "DATASETS.TEST",
                "expected a data set that says which of the \(model.classCount) classes are things")
        }
        return ClassTable(numbered: model.classCount)
    }
}

extension ClassTable {
    /// Classes of which nothing is known but their number, in colours far apart.
    fileprivate init(numbered count: Int) {
        let classes = RGBColor.distinct(count).enumerated().map { index, color in
            ClassDescription(name: "\(index)", color: color, isThing: true)
        }
        self.init(classes, ignoreLabel: max(count, 255))
    }
}
