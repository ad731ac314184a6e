import Annotations
import Metrics

/// The evaluators there are.
package enum Evaluators {
    /// Those that score `tasks`, which have seen no image, in the order of reports: the first score of the first one
    /// chooses the best weights. `hasCityscapesTruth` says whether there are labelIds and instanceIds;
    /// `instanceCategories` are those of COCO's instances, nil where there are none; `meanRule` is that of label maps.
    package static func of(
        _ tasks: InferenceTasks, classes: ClassTable, hasCityscapesTruth: Bool,
        instanceCategories: [CategoryDescription]?, meanRule: SemanticResult.MeanRule = .detectron2
    ) -> [any Evaluator] {
        let (semantic, instance) = (tasks.contains(.semantic), tasks.contains(.instance))
        let all: [(any Evaluator)?] = [
            tasks.contains(.panoptic) ? PanopticEvaluator(categories: classes.categories) : nil,
            semantic ? SemanticEvaluator(classes, rule: meanRule) : nil,
            instance && hasCityscapesTruth ? CityscapesInstanceEvaluator() : nil,
            instance ? instanceCategories.map(InstanceEvaluator.init) : nil,
            semantic && hasCityscapesTruth && classes == .cityscapes ? CityscapesEvaluator() : nil,
        ]
        return all.compactMap(\.self)
    }
}
