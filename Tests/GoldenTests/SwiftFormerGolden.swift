import Autodiff
import Backbones
import Families
import Layers
import Networks
import Tensors
import Testing

extension GoldenFile {
    /// Whether the file is of a SwiftFormer alone, under names without a prefix, and of its classifier.
    var isBareBackbone: Bool { Self.isBareBackbone(file.metadata) }

    static func isBareBackbone(_ metadata: [String: String]) -> Bool { metadata["feature_parameters"] != nil }
}

extension GoldenReport {
    /// `eval.*` by the attention that is normalised over the tokens, `first_release.eval.*` by the other one.
    mutating func compareSwiftFormer(_ golden: GoldenFile) throws {
        let family = try #require(golden.family as? EncoderDecoderFamily)
        var configuration = try #require(family.backbone as? SwiftFormer.Configuration)
        let batch = family.input.batch(golden.images)
        for (attention, prefix) in [
            (SwiftFormer.Attention.normalized, "eval."), (.firstRelease, "first_release.eval."),
        ] {
            configuration.attention = attention
            try compareFeatures(golden, prefix, configuration, batch)
            try compareClassifier(golden, prefix, configuration, batch)
        }
    }

    /// The four maps, and what modules give on the way.
    private mutating func compareFeatures(
        _ golden: GoldenFile, _ prefix: String, _ configuration: SwiftFormer.Configuration, _ batch: Tensor
    ) throws {
        let store = ParameterStore(seed: 0)
        let network = configuration.make(store.root)
        golden.fill(store)
        compareCount(golden, "feature_parameters", store.parameterCount)
        for (level, map) in network(Variable(batch), .evaluation).maps.enumerated() {
            try compareMap(golden, prefix + "features.\(level)", map.value)
        }
        guard golden.file.entries[prefix + "stats"] != nil else { return }
        let observed = ObservedMaps { _ = network(Variable(batch), $0) }.maps
        try compareModules(golden, prefix, observed)
    }

    /// The mean of the logits of both heads, which read the mean over the pixels of the last stage's normed map.
    private mutating func compareClassifier(
        _ golden: GoldenFile, _ prefix: String, _ configuration: SwiftFormer.Configuration, _ batch: Tensor
    ) throws {
        guard let classes = golden.file.shape(named: prefix + "class_logits")?.last else { return }
        let store = ParameterStore(seed: 0)
        let (network, channels) = (configuration.make(store.root), configuration.widths[3])
        let norm = BatchNorm(store.root.child("norm"), channels: channels, kind: .batch)
        let heads = ["head", "dist_head"].map {
            Linear(store.root.child($0), inputs: channels, outputs: classes)
        }
        golden.fill(store)
        // The classifier has no norms of the four maps; this one then changes nothing.
        for parameter in store.parameters where parameter.name.hasPrefix("norm6.") {
            let values: [String: Float] = ["weight": (1 + Float(1e-5)).squareRoot(), "running_var": 1]
            let value = values[String(parameter.name.dropFirst("norm6.".count))] ?? 0
            parameter.load(officialValues: Array(repeating: value, count: channels))
        }
        compareCount(golden, "parameters", store.parameterCount - 2 * configuration.widths.reduce(0, +))
        let map = try #require(network(Variable(batch), .evaluation).maps.last)
        let pooled = globalAverage(norm(map, relu: false, .evaluation))
        let logits = heads.map { $0(pooled, .evaluation).value.array }
        try compareValues(golden, prefix + "class_logits", zip(logits[0], logits[1]).map { ($0 + $1) / 2 })
    }

    private mutating func compareCount(_ golden: GoldenFile, _ key: String, _ count: Int) {
        note(key, error: golden.file.metadata[key] == String(count) ? 0 : .infinity, allowed: 1)
    }
}
