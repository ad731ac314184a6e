import EventFiles

/// What an evaluation found.
package struct EvaluationSummary: Sendable, Equatable {
    /// One measured value; NaN where it is not defined.
    package struct Metric: Sendable, Equatable {
        /// detectron2's name, such as `sem_seg/mIoU`.
        package let name: String
        package let value: Double
        /// Whether it is of one class, not of all together.
        package let isOfClass: Bool
        /// What a person should know of it, told behind its name; nil: nothing.
        package let remark: String?

        package init(_ name: String, _ value: Double, isOfClass: Bool = false, remark: String? = nil) {
            self.name = name
            self.value = value
            self.isOfClass = isOfClass
            self.remark = remark
        }
    }

    /// Every value, in the order of the report.
    package let metrics: [Metric]
    /// The value by which the best checkpoint is chosen.
    package let score: Double
    /// A few images, always the same: each beside what is true of it and what was predicted.
    package let panels: [EncodedPicture]

    /// The values of an evaluation.
    package init(metrics: [Metric], score: Double, panels: [EncodedPicture] = []) {
        self.metrics = metrics
        self.score = score
        self.panels = panels
    }
}
