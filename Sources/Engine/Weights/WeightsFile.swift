import Checkpoints
import Layers

/// A file of weights under official names, and how it fits a network.
package struct WeightsFile {
    /// How a network may differ from the file.
    package struct Leniency: Sendable {
        /// Parts of names whose parameters keep their initial values where the shape differs.
        var replaceable: [String]
        /// A file that holds everything under this prefix, and nothing else, is enough.
        var sufficientPrefix: String?
        /// Beginnings of names under it which such a file may lack: what a classifier does not have.
        var dispensable: [String] = []
        /// A file that holds a part of a network by its names is enough.
        var takesParts = false

        /// The layer of classes: of queries, and of pixels.
        static let classLayers = [
            "class_embed.", "predictor.weight", "predictor.bias", "linear_pred.", "conv_seg.", "final_layer.conv2.",
            "seghead_p.conv2.",
        ]

        /// Every name and every shape must fit.
        package static let none = Leniency(replaceable: [], sufficientPrefix: nil)
        /// To start a training: another number of classes or queries, or a backbone alone.
        package static let trainingStart = Leniency(
            replaceable: classLayers + ["query_feat.", "query_embed."], sufficientPrefix: "backbone.",
            // The norms that Mask2Former puts behind Swin's stages, and SwiftFormer's code behind its own.
            dispensable: [0, 1, 2, 3, 4, 6].map { "backbone.norm\($0)." }, takesParts: true)
    }

    private let weights: RenamedWeights
    private let maps: [NameMap]
    /// The folder that was named in the place of the file; nil where the file was.
    private let folder: String?
    /// What the user should know of the file and its configuration, which `load` returns too.
    package var remarks: [String] = []

    /// The map that its names were recognised by.
    package var map: NameMap { weights.map }

    /// The file; of a folder the one that was taken.
    package var path: String { weights.archive.path }

    /// Opens a file, or the one that a folder stands for, in any format that is read here, its names those of `family`
    /// among `maps` (nil: recognised). Throws `CheckpointError`.
    package init(path: String, maps: [NameMap], family: String? = nil) throws {
        weights = try RenamedWeights(try WeightArchive.open(path: path), maps: maps, family: family)
        self.maps = maps
        folder = weights.archive.path == path ? nil : path
    }

    /// The weights of a checkpoint.
    package init(_ file: SafetensorsFile) throws {
        maps = [.detectron2]
        weights = try RenamedWeights(WeightArchive(file), maps: maps)
        folder = nil
    }

    /// How the file fits a network, name by name.
    package func comparison(with store: ParameterStore) -> WeightsComparison {
        let wanted = store.parameters
        let names = Set(wanted.map(\.name))
        let found = weights.archive.matchesBySuffix ? weights.matched(bySuffix: wanted.map(\.name)) : weights
        return WeightsComparison(
            weights: found,
            matched: wanted.filter { found.shape(named: $0.name) == $0.officialShape },
            missing: wanted.lazy.filter { !$0.isUnread }.map(\.name).filter { found.shape(named: $0) == nil },
            unexpected: found.names.filter { !names.contains($0) && !found.aliases.contains($0) },
            mismatched: wanted.compactMap { parameter in
                guard let shape = found.shape(named: parameter.name), shape != parameter.officialShape else {
                    return nil
                }
                return .init(name: parameter.name, expected: parameter.officialShape, got: shape)
            },
            networks: (
                file: NameMap.network(of: found.names, among: maps), own: NameMap.network(of: names, among: maps)
            ))
    }

    /// Copies the file's values into the parameters; returns what the user should know (nothing, where all
    /// fits). Throws `WeightsError` with every difference, or `CheckpointError`, where values are not finite too; after
    /// a `WeightsError` nothing has changed.
    package func load(into store: ParameterStore, _ leniency: Leniency = .none) throws -> [String] {
        var rest = comparison(with: store)
        var notes = (folder.map { ["\($0) is a folder: \(path) is taken"] } ?? []) + rest.notesOnNames + remarks
        if rest.missing.contains(where: rest.isStatisticOfFoldedNorm) {
            rest.missing.removeAll(where: rest.isStatisticOfFoldedNorm)
            notes.append("\(path) has norms without running statistics: they stay at mean 0, variance 1")
        }
        let absent = store.parameters.filter { parameter in
            rest.weights.map.absentBiases.contains(parameter.name) && rest.missing.contains(parameter.name)
        }
        if !absent.isEmpty {
            rest.missing.removeAll(where: rest.weights.map.absentBiases.contains)
            notes.append("\(path) has no \(absent.map(\.name).joined(separator: ", ")): they are 0")
        }
        if leniency.takesParts, rest.weights.map.isPart, !rest.matched.isEmpty {
            notes.append(
                "\(path) holds a part of the network: the other \(rest.missing.count) tensors keep their initial values"
                    + (rest.unexpected.isEmpty ? "" : "; not used: " + rest.unexpected.joined(separator: ", ")))
            (rest.missing, rest.unexpected) = ([], [])
        }
        if let prefix = leniency.sufficientPrefix, !rest.missing.isEmpty, !rest.matched.isEmpty,
            rest.missing.allSatisfy({ name in
                !name.hasPrefix(prefix) || leniency.dispensable.contains(where: name.hasPrefix)
            }),
            rest.matched.allSatisfy({ $0.name.hasPrefix(prefix) })
        {
            notes.append(
                "\(path) holds \(prefix)* alone: the other \(rest.missing.count) tensors keep their initial values"
            )
            rest.missing = []
        }
        let converted = try conversions(rest, store)
        rest.mismatched.removeAll { converted[$0.name] != nil }
        notes += converted.keys.sorted().map { "\($0) is resized: \(path) has it for another size" }
        let replaced = rest.mismatched.filter { tensor in
            leniency.replaceable.contains { tensor.name.contains($0) }
        }
        notes += replaced.map {
            "\($0.name) starts anew, from its initial values: \(path) has \($0.got), the network \($0.expected)"
        }
        rest.mismatched.removeAll(where: replaced.contains)
        if let error = rest.error { throw error }
        for parameter in rest.matched + store.parameters.filter({ converted[$0.name] != nil }) {
            let values = try converted[parameter.name] ?? rest.weights.floats(named: parameter.name)
            if NonFiniteValues.count(values) > 0,
                let problem = try NonFiniteValues.problem(in: rest.matched.map(\.name), rest.weights.floats)
            {
                throw CheckpointError.notFinite(path: path, problem: problem)
            }
            parameter.load(officialValues: values)
        }
        for bias in absent { bias.load(officialValues: Array(repeating: 0, count: bias.value.count)) }
        return notes
    }

    /// Values of parameters that take them from another shape, by name. Throws `CheckpointError`.
    private func conversions(_ rest: WeightsComparison, _ store: ParameterStore) throws -> [String: [Float]] {
        var values: [String: [Float]] = [:]
        for tensor in rest.mismatched {
            guard let convert = store.parameters.first(where: { $0.name == tensor.name })?.conversion else { continue }
            values[tensor.name] = convert(try rest.weights.floats(named: tensor.name), tensor.got, tensor.expected)
        }
        return values
    }
}

extension ParameterStore {
    /// All parameters and buffers as they are stored: official names, shapes and order of values.
    package var savedTensors: [SavedTensor] {
        parameters.map { parameter in
            SavedTensor(name: parameter.name, shape: parameter.officialShape) { parameter.officialValues }
        }
    }
}
