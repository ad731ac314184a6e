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

        /// Every name and every shape must fit.
        package static let none = Leniency(replaceable: [], sufficientPrefix: nil)
        /// To start a training: another number of classes, or a backbone alone.
        package static let trainingStart = Leniency(
            replaceable: ["class_embed."], sufficientPrefix: "backbone.")
    }

    private let file: SafetensorsFile

    /// Opens a safetensors file. Throws `CheckpointError`.
    package init(path: String) throws { file = try SafetensorsFile(path: path) }

    /// The weights of a checkpoint.
    package init(_ file: SafetensorsFile) { self.file = file }

    /// Copies the file's values into the parameters; returns what the user should know (nothing, where all
    /// fits). Throws `WeightsError` with every difference, or `CheckpointError`; after a `WeightsError`
    /// nothing has changed.
    package func load(into store: ParameterStore, _ leniency: Leniency = .none) throws -> [String] {
        let wanted = store.parameters
        let names = Set(wanted.map(\.name))
        let fitting = wanted.filter { file.shape(named: $0.name) == $0.officialShape }
        var missing = wanted.map(\.name).filter { file.shape(named: $0) == nil }
        let unexpected = file.names.filter { !names.contains($0) && !isDerived($0) }
        var mismatched = wanted.compactMap { parameter -> WeightsError.ShapeMismatch? in
            guard let shape = file.shape(named: parameter.name), shape != parameter.officialShape else {
                return nil
            }
            return .init(name: parameter.name, expected: parameter.officialShape, got: shape)
        }
        var notes: [String] = []
        if let prefix = leniency.sufficientPrefix, !missing.isEmpty, !fitting.isEmpty,
            missing.allSatisfy({ !$0.hasPrefix(prefix) }), fitting.allSatisfy({ $0.name.hasPrefix(prefix) })
        {
            notes.append(
                "\(file.path) holds \(prefix)* alone: the other \(missing.count) tensors keep their initial values"
            )
            missing = []
        }
        let replaced = mismatched.filter { tensor in
            leniency.replaceable.contains { tensor.name.contains($0) }
        }
        notes += replaced.map {
            "\($0.name) keeps its initial values: \(file.path) has \($0.got), the network \($0.expected)"
        }
        mismatched.removeAll(where: replaced.contains)
        guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
            throw WeightsError(
                path: file.path, missing: missing, unexpected: unexpected, mismatched: mismatched)
        }
        for parameter in fitting { parameter.load(officialValues: try file.floats(named: parameter.name)) }
        return notes
    }

    /// Names of official state dicts that say nothing a network needs: step counters of norms, constants of
    /// the criterion and of the input, and the second names of STDC's tensors (`backbone.x2.0.0.…` is
    /// `backbone.features.N.…`).
    private func isDerived(_ name: String) -> Bool {
        let aliases = ["backbone.x2.", "backbone.x4.", "backbone.x8.", "backbone.x16.", "backbone.x32."]
        return name.hasSuffix(".num_batches_tracked")
            || ["criterion.empty_weight", "pixel_mean", "pixel_std"].contains(name)
            || aliases.contains(where: name.hasPrefix)
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
