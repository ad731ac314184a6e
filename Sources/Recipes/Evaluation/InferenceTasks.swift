import Annotations
import Segmenters

/// What is made of a network's output.
struct InferenceTasks: OptionSet, Sendable {
    let rawValue: Int
    /// A class for every pixel.
    static let semantic = InferenceTasks(rawValue: 1)
    /// A segment for every pixel.
    static let panoptic = InferenceTasks(rawValue: 2)
    /// Masks of things with scores.
    static let instance = InferenceTasks(rawValue: 4)

    init(rawValue: Int) { self.rawValue = rawValue }

    /// What a configuration turns on (MODEL.MASK_FORMER.TEST); label maps where it turns on nothing.
    init(_ test: RunConfiguration.Test) {
        self = []
        if test.semantic { insert(.semantic) }
        if test.panoptic { insert(.panoptic) }
        if test.instance { insert(.instance) }
        if isEmpty { insert(.semantic) }
    }
}

/// What was predicted for one image, at its own size; nil is what nobody asked for.
struct ImagePrediction {
    /// The image's size.
    let height, width: Int
    /// Class numbers.
    var labels: LabelImage?
    /// Segments.
    var panoptic: PanopticResult?
    /// Things, with class numbers.
    var instances: [PredictedInstance]?
}

extension PredictionFormat {
    /// What files of the format hold, of `tasks` that are on; empty where it is nothing of them.
    func contents(of tasks: InferenceTasks) -> InferenceTasks {
        switch self {
        case .labels: tasks.intersection(.semantic)
        case .cityscapes: tasks.intersection([.semantic, .instance])
        case .cocoPanoptic: tasks.intersection(.panoptic)
        case .cocoInstances: tasks.intersection(.instance)
        }
    }
}
