extension NameMap {
    /// STDC-Seg's ImageNet checkpoints (PEM tools/convert-pretrained-stdc-model-to-d2.py): the classifier
    /// goes.
    package static let stdc = NameMap(
        name: "stdc", summary: "STDC-Seg's ImageNet weights of STDC1 and STDC2, without the classifier",
        network: "STDC", signs: ["features.0.conv.weight", "x2.0.0.conv.weight"],
        rules: [
            .drop(prefix: "fc."), .drop(prefix: "bn."), .drop(prefix: "linear."), .drop(prefix: "conv_last."),
            .dropSuffix(".num_batches_tracked"),
            .alias(of: "features.", prefixes: STDCAliases.stages.map { $0 + ".0." }),
            .prependTo([""], "backbone."),
        ])
}

/// The official STDC holds each block twice: `features.7.…` is also `x32.0.7.…`.
package enum STDCAliases {
    /// Names of the stages by stride.
    static let stages = ["x2", "x4", "x8", "x16", "x32"]
    /// Block at which a stage ends, by the number of blocks: STDC1 and STDC2.
    private static let ends = [8: [1, 2, 4, 6, 8], 14: [1, 2, 6, 11, 14]]

    /// Pairs of second and first names, for the tensors among `names` that have both.
    package static func pairs(_ names: [String]) -> [(alias: String, name: String)] {
        let prefix = "backbone.features."
        func block(_ name: String) -> Int? {
            guard name.hasPrefix(prefix) else { return nil }
            return Int(name.dropFirst(prefix.count).prefix { $0 != "." })
        }
        guard let last = names.compactMap(block).max(), let ends = ends[last + 1] else { return [] }
        return names.compactMap { name in
            guard let block = block(name), let stage = ends.firstIndex(where: { block < $0 }) else {
                return nil
            }
            return ("backbone.\(stages[stage]).0." + name.dropFirst(prefix.count), name)
        }
    }
}
