import ArgumentParser
import Checkpoints
import Engine
import Foundation
import Recipes
import MaskClassifiers
import Networks

@main
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-convert",
        abstract: "Convert files of weights: read anybody's, write safetensors or a PyTorch file.",
        discussion: """
            Reads PyTorch files (.pth, .pt, .tar, new and old), detectron2 pickles (.pkl), safetensors, and \
            the index of sharded safetensors; the format is told by the content. Nothing in a file is \
            executed. Every value becomes Float32, every name the official one of PEM and detectron2.

            OUT ends in .safetensors, or in .pth or .pt for a file that torch.load(..., weights_only=True) \
            reads and the official code loads ({"model": state_dict}).

            --from says whose names the file has; auto recognises them:
            \(NameMap.families.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
            --for compares with the network of a configuration: what is matched, missing, unexpected and of \
            another shape; only tensors that fit are written. A PyTorch file gets the criterion's class weights \
            by its MODEL.MASK_FORMER.NO_OBJECT_WEIGHT (without --for: 0.1, PEM's).

            Converting is never needed before a run: --weights and MODEL.WEIGHTS read the same files.

            EXAMPLES
              pem-convert resnet50.pth R-50.safetensors
              pem-convert STDCNet813M_73.91.tar stdc1.safetensors --for Configs/cityscapes_sem_stdc1.cfg
              pem-convert output/stdc1/model_final.safetensors for-pytorch.pth
              pem-convert --inspect somebodys.pkl
            """)

    @Argument(help: ArgumentHelp("The file to read.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("The file to write; none with --inspect.", valueName: "out"))
    var output: String?

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Names of the file: auto, \(NameMap.families.map(\.name).joined(separator: ", ")).",
            valueName: "family"))
    var family = "auto"

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Configuration of the network that the weights are for.", valueName: "config"))
    var config: String?

    @Flag(help: "With --for: also list what is matched, each name with the one it has in the file.")
    var matched = false

    @Flag(help: "List names, shapes, types and statistics instead.")
    var inspect = false

    func validate() throws {
        guard family == "auto" || NameMap.families.contains(where: { $0.name == family }) else {
            let known = (["auto"] + NameMap.families.map(\.name)).joined(separator: ", ")
            throw ValidationError("--from: expected one of \(known), got \(family)")
        }
        guard !matched || config != nil else { throw ValidationError("--matched needs --for") }
        if inspect {
            guard output == nil else { throw ValidationError("--inspect takes one file and writes none") }
        } else {
            guard let output else { throw ValidationError("Missing expected argument '<out>'") }
            guard [".safetensors", ".pth", ".pt"].contains(where: output.hasSuffix) else {
                throw ValidationError("expected a name in .safetensors, .pth or .pt to write, got \(output)")
            }
        }
    }

    func run() throws {
        try CommandRunner.run {
            if inspect {
                try Inspection(path: input).show()
            } else if let output {
                try convert(to: output)
            }
            return 0
        }
    }

    private func convert(to output: String) throws {
        let archive = try WeightArchive.open(path: input)
        var weights = try RenamedWeights(archive, family: knownFamily)
        print(
            "\(input): \(archive.format.rawValue), \(archive.names.count) tensors, "
                + "names of \(weights.map.name)"
        )
        let counters = weights.dropped.filter { $0.hasSuffix(".num_batches_tracked") }
        Self.list("step counters of norms left out", counters, names: false)
        Self.list("left out", weights.dropped.filter { !counters.contains($0) })
        var names = weights.names
        var noObjectWeight: Float?
        if let config {
            let run = try RunSetup(path: config, overrides: []).configuration
            noObjectWeight = Float(run.criterion.noObjectWeight)
            let comparison = try compare(config, run)
            (weights, names) = (comparison.weights, comparison.matched.map(\.name))
        }
        // Values are read once before anything is written, so that a damaged file leaves no trace.
        var values: [String: [Float]] = [:]
        for name in names { values[name] = try weights.floats(named: name) }
        let tensors = names.map { name in
            SavedTensor(name: name, shape: weights.shape(named: name) ?? []) { values[name] ?? [] }
        }
        if output.hasSuffix(".safetensors") {
            try SafetensorsFile.write(tensors, metadata: ["format": "pt"], to: output)
        } else {
            try TorchFile.writeOfficial(tensors, noObjectWeight: noObjectWeight, to: output)
        }
        print("\(output): \(tensors.count) tensors")
    }

    /// Nil where the file is to tell.
    private var knownFamily: String? { family == "auto" ? nil : family }

    private func compare(_ config: String, _ run: RunConfiguration) throws -> WeightsComparison {
        let segmenter = try MaskClassifier(run, seed: 0)
        let comparison = try WeightsFile(path: input, family: knownFamily).comparison(with: segmenter.store)
        print(
            "\(comparison.matched.count) of \(segmenter.store.parameters.count) tensors of \(config) matched")
        if matched {
            for parameter in comparison.matched {
                print("  \(parameter.name)  from \(comparison.weights.originals[parameter.name] ?? "")")
            }
        }
        let isBackbone = comparison.matched.allSatisfy { $0.name.hasPrefix("backbone.") }
        let isRest = comparison.missing.allSatisfy { !$0.hasPrefix("backbone.") }
        Self.list(
            isBackbone && isRest ? "missing: all but the backbone" : "missing in the file", comparison.missing,
            names: !(isBackbone && isRest))
        Self.list("unknown to the network", comparison.unexpected)
        Self.list(
            "of another shape",
            comparison.mismatched.map { "\($0.name): expected \($0.expected), got \($0.got)" })
        guard !comparison.matched.isEmpty else {
            throw CheckpointError.unsupported(
                path: input, problem: "none of its tensors fits the network of \(config); try another --from")
        }
        return comparison
    }

    private static func list(_ title: String, _ names: [String], names isListed: Bool = true) {
        guard !names.isEmpty else { return }
        print("\(names.count) \(title)" + (isListed ? ":\n  " + names.joined(separator: "\n  ") : ""))
    }
}
