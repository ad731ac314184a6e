import Checkpoints
import Foundation
import Layers

/// How a file of weights fits a network, name by name.
package struct WeightsComparison {
    /// The file, under the network's names where it asks for matching by suffix.
    package let weights: RenamedWeights
    /// Parameters and buffers whose name and shape the file has.
    package let matched: [Parameter]
    /// Names of the network that the file lacks.
    package internal(set) var missing: [String]
    /// Names of the file that the network lacks.
    package internal(set) var unexpected: [String]
    /// Names that both have, in different shapes.
    package internal(set) var mismatched: [WeightsError.ShapeMismatch]

    /// The networks that the file's names and those of the network here are of; nil where the names do not tell.
    let networks: (file: String?, own: String?)

    package var path: String { weights.archive.path }

    /// Nil where everything fits.
    package var error: WeightsError? {
        guard !missing.isEmpty || !unexpected.isEmpty || !mismatched.isEmpty else { return nil }
        var error = WeightsError(path: path, missing: missing, unexpected: unexpected, mismatched: mismatched)
        error.matched = matched.map(\.name)
        error.foreignPrefix = foreignPrefix
        (error.fileNetwork, error.ownNetwork) = networks
        error.isPart = weights.map.isPart
        let configuration = ((path as NSString).deletingLastPathComponent as NSString)
            .appendingPathComponent("config.yaml")
        error.configuration = FileManager.default.fileExists(atPath: configuration) ? configuration : nil
        return error
    }

    /// What all names in the file begin with, where no name fits and none of the network's begins so.
    private var foreignPrefix: String? {
        guard matched.isEmpty, mismatched.isEmpty, let prefix = weights.sharedPrefix,
            !missing.contains(where: { $0.hasPrefix(prefix) })
        else { return nil }
        return prefix
    }

    /// What the user should know of a file whose names are not official ones: nothing, of others.
    package var notesOnNames: [String] {
        let map = weights.map.name
        let prefix = [weights.noteOnPrefix].compactMap { $0 }
        guard map != NameMap.detectron2.name || weights.archive.matchesBySuffix else { return prefix }
        // Step counters of norms are not used.
        let dropped = weights.dropped.filter { !$0.hasSuffix(".num_batches_tracked") }
        let left = dropped.isEmpty ? "" : "; not used: " + dropped.joined(separator: ", ")
        return prefix + ["\(path): \(weights.archive.format.rawValue), names of \(map)\(left)"]
    }

    /// Caffe2's norms are an affine map: their statistics are folded into it.
    func isStatisticOfFoldedNorm(_ name: String) -> Bool {
        weights.map.name == NameMap.caffe2.name
            && [".norm.running_mean", ".norm.running_var"].contains(where: name.hasSuffix)
            && weights.sources[name.replacingOccurrences(ofRunningStatistic: ".weight")] != nil
    }
}

extension String {
    fileprivate func replacingOccurrences(ofRunningStatistic replacement: String) -> String {
        guard let dot = lastIndex(of: ".") else { return self }
        return self[..<dot] + replacement
    }
}
