import Annotations

/// What is evaluated, and which truth there is for it: decides which evaluators take part.
package struct EvaluationScope: Sendable {
    /// The classes of the predictions.
    package let classes: ClassTable
    /// What is scored.
    package let tasks: InferenceTasks
    /// Whether there are Cityscapes' labelIds and instanceIds.
    package let hasCityscapesTruth: Bool
    /// The categories of COCO's instances; nil where there are none.
    package let instanceCategories: [CategoryDescription]?

    package init(
        classes: ClassTable, tasks: InferenceTasks, hasCityscapesTruth: Bool,
        instanceCategories: [CategoryDescription]?
    ) {
        self.classes = classes
        self.tasks = tasks
        self.hasCityscapesTruth = hasCityscapesTruth
        self.instanceCategories = instanceCategories
    }
}
