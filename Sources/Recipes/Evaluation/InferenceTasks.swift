import Annotations

extension InferenceTasks {
    /// The keys below MODEL.MASK_FORMER.TEST that turn tasks on.
    static let keys: [(task: InferenceTasks, key: String)] = [
        (.semantic, "SEMANTIC_ON"), (.panoptic, "PANOPTIC_ON"), (.instance, "INSTANCE_ON"),
    ]

    /// What a configuration turns on (MODEL.MASK_FORMER.TEST); label maps where it turns on nothing.
    init(_ test: RunConfiguration.Test) {
        self = []
        if test.semantic { insert(.semantic) }
        if test.panoptic { insert(.panoptic) }
        if test.instance { insert(.instance) }
        if isEmpty { insert(.semantic) }
    }
}
