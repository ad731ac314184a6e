import Checkpoints
import Configurations
import Criteria
import Engine
import Files

/// Reads a file of weights and writes them under official names, or shows what is in it.
package struct ConversionRecipe {
    /// What the command line asks for.
    package struct Options: Sendable {
        /// The file to read.
        package var input: String
        /// Whose names it has; nil: recognised.
        package var family: String?
        /// Whether what fits is listed too.
        package var listsMatched = false
        /// Whether a file that this program did not write is replaced.
        package var overwrites = false

        /// A file whose names are recognised.
        package init(input: String) { self.input = input }
    }

    private let options: Options
    private let families: [any NetworkFamily.Type]
    private let console: Console

    /// A recipe that tells `console` what it does.
    package init(_ options: Options, families: [any NetworkFamily.Type], console: Console) {
        self.options = options
        self.families = families
        self.console = console
    }

    /// Shows every tensor with its statistics. Throws `CheckpointError`.
    package func inspect() throws {
        try Inspection(path: options.input, maps: families.nameMaps).show(on: console)
    }

    /// Compares the file's bytes with its digest, and says what came of it. Throws `CheckpointError` for a damaged one.
    package func verify() throws {
        let archive = try WeightArchive.open(path: options.input)
        let isVerified = try archive.verify()
        console.line(
            "\(options.input): \(archive.format.rawValue), \(archive.names.count) tensors, "
                + (isVerified ? "whole: the bytes fit the digest" : "without a digest: its bytes cannot be checked"))
    }

    /// Writes the tensors to `output`; of those only what fits the network of `setup` where one is given. Throws
    /// `CheckpointError`, `ConfigError` or `FileError`.
    package func convert(to output: String, for setup: RunSetup? = nil, named config: String = "") throws {
        let files = FileList(beside: output, overwrites: options.overwrites)
        try files.require(paths: [output])
        let archive = try WeightArchive.open(path: options.input)
        // The new file gets a digest of its own, which must not vouch for damaged values.
        _ = try archive.verify()
        var weights = try RenamedWeights(archive, maps: families.nameMaps, family: options.family)
        if options.family != nil { try weights.requireRecognized() }
        console.line(
            "\(archive.path): \(archive.format.rawValue), \(archive.names.count) tensors, "
                + "names of \(weights.map.name)")
        if let note = weights.noteOnPrefix { console.line(note) }
        for (key, value) in weights.map.settings.sorted(by: { $0.key < $1.key }) {
            console.line("trained with \(key) \(value), which the new file does not tell")
        }
        let counters = weights.dropped.filter { $0.hasSuffix(".num_batches_tracked") }
        list("step counters of norms left out", counters, names: false)
        list("left out", weights.dropped.filter { !counters.contains($0) })
        var names = weights.names
        var family: (any NetworkFamily)?
        if let setup {
            let chosen = try setup.configuration.network()
            family = chosen
            let comparison = try compare(chosen, named: config)
            (weights, names) = (comparison.weights, comparison.matched.map(\.name))
        }
        // Values are read once before anything is written, so that a damaged file leaves no trace.
        var values: [String: [Float]] = [:]
        for name in names { values[name] = try weights.floats(named: name) }
        if let problem = NonFiniteValues.problem(in: names, { values[$0] ?? [] }) {
            console.line("warning: \(archive.path): \(problem)")
        }
        let tensors = names.map { name in
            SavedTensor(name: name, shape: weights.shape(named: name) ?? []) { values[name] ?? [] }
        }
        if output.hasSuffix(".safetensors") {
            try SafetensorsFile.write(tensors, metadata: ["format": "pt"], to: output, listed: files)
            console.line("\(output): \(tensors.count) tensors")
        } else {
            let layout = family.map { type(of: $0).torchLayout } ?? .detectron2
            let noObjectWeight = (family?.criterion() as? SetCriterion)?.configuration.noObjectWeight
            let classes = layout.describesClasses ? setup.flatMap(classes) : nil
            try TorchFile.writeOfficial(
                tensors, noObjectWeight: noObjectWeight, layout: layout, classes: classes, to: output, listed: files)
            console.line("\(output): \(tensors.count) tensors, \(layout.summary)")
        }
    }

    /// What the data sets of a configuration say of the classes; nil, which is told, where they say nothing.
    private func classes(_ setup: RunSetup) -> TorchClasses? {
        guard let table = setup.configuration.classTable else {
            console.line(
                "note: meta has no CLASSES and PALETTE, which mmsegmentation's programs ask for: the data sets of the "
                    + "configuration (DATASETS.TEST, DATASETS.TRAIN) do not tell the names of its "
                    + "\(setup.configuration.model.classCount) classes")
            return nil
        }
        return TorchClasses(
            names: table.names, colors: table.colors.map(\.levels))
    }

    private func compare(_ family: any NetworkFamily, named config: String) throws -> WeightsComparison {
        let store = family.network(seed: 0).store
        let comparison = try WeightsFile(path: options.input, maps: families.nameMaps, family: options.family)
            .comparison(with: store)
        console.line("\(comparison.matched.count) of \(store.parameters.count) tensors of \(config) matched")
        if options.listsMatched {
            let originals = comparison.weights.originals
            for parameter in comparison.matched {
                console.line("  \(parameter.name)  from \(originals[parameter.name] ?? "")")
            }
        }
        let isBackbone = comparison.matched.allSatisfy { $0.name.hasPrefix("backbone.") }
        let isRest = comparison.missing.allSatisfy { !$0.hasPrefix("backbone.") }
        list(
            isBackbone && isRest ? "missing: all but the backbone" : "missing in the file", comparison.missing,
            names: !(isBackbone && isRest))
        list("unknown to the network", comparison.unexpected)
        list(
            "of another shape",
            comparison.mismatched.map { "\($0.name): expected \($0.expected), got \($0.got)" })
        guard !comparison.matched.isEmpty else {
            throw CheckpointError.unsupported(
                path: options.input,
                problem: "none of its tensors fits the network of \(config); try another --from")
        }
        return comparison
    }

    private func list(_ title: String, _ names: [String], names isListed: Bool = true) {
        guard !names.isEmpty else { return }
        console.line("\(names.count) \(title)" + (isListed ? ":\n  " + names.joined(separator: "\n  ") : ""))
    }
}
