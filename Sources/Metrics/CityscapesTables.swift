import Annotations

/// What Cityscapes' scores need of the label table, by label id.
enum CityscapesTables {
    /// Ids that are scored, ascending.
    static let scoredIDs = CityscapesLabel.all.filter { !$0.isIgnored }.map(\.id)
    /// Scored ids of things: the classes with instance scores, ascending.
    static let thingIDs = CityscapesLabel.all.filter { !$0.isIgnored && $0.hasInstances }.map(\.id)
    /// Categories in order of their numbers; void is not scored.
    static let categories = ["flat", "construction", "object", "nature", "sky", "human", "vehicle"]
    /// Whether all of a category's labels have instances: human and vehicle have instance scores.
    static let categoryHasInstances = categories.map { name in
        CityscapesLabel.all.allSatisfy { $0.category != name || $0.hasInstances }
    }
    /// The category of each label; nil is void. [34]
    static let categoryOfID = CityscapesLabel.all.map { categories.firstIndex(of: $0.category) }

    /// Mean pixels of an instance of each class (evalPixelLevelSemanticLabeling.py, avgClassSize).
    static let averageInstanceSize: [String: Double] = [
        "bicycle": 4672.3249222261, "motorcycle": 6298.7200839748, "rider": 3930.4788056518, "bus": 35732.1511111111,
        "train": 67583.7075812274, "car": 12794.0202738185, "person": 3462.4756337644, "truck": 27855.1264367816,
    ]
}
