import Annotations
import Configurations
import Scoring

extension RunConfiguration {
    /// The keys below MODEL.MASK_FORMER.TEST that turn tasks on.
    private static let taskKeys: [(task: InferenceTasks, key: String)] = [
        (.semantic, "SEMANTIC_ON"), (.panoptic, "PANOPTIC_ON"), (.instance, "INSTANCE_ON"),
    ]

    /// Throws `ConfigError` for a format of predictions that are not made.
    func requireTasks(of formats: [any PredictionFormat.Type]) throws {
        for format in formats where format.tasks.isDisjoint(with: test.inference.tasks) {
            let key = Self.taskKeys.first { format.tasks.contains($0.task) }?.key ?? ""
            throw invalid("MODEL.MASK_FORMER.TEST." + key, "expected True for --format \(format.name)")
        }
    }
}
