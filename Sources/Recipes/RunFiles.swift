import Annotations
import Checkpoints
import ConfigFiles
import Configurations
import Engine
import Files
import Foundation
import Scoring

/// The small files of an output folder, and what is read from files that a configuration names.
package enum RunFiles {
    private static let configuration = "config.yaml"

    /// Throws `FileError.foreign` where files of a training run would replace others in `folder`. In a run that is
    /// `resumed`, files that are not listed are its own.
    static func requireOurs(in folder: OutputFolder, resumed: Bool) throws(FileError) {
        let names = [configuration, EvaluationReport.fileName]
        if resumed { try folder.list.adopt(names) }
        try folder.list.require(names)
        if !resumed, !folder.list.overwrites {
            try MetricsLog.requireOurs(in: folder.path)
            try TextLog.requireOurs(in: folder.path)
        }
    }

    /// Writes `config.yaml`: every key with the value that holds. Throws `FileError`.
    static func writeConfiguration(_ run: RunConfiguration, to folder: OutputFolder) throws(FileError) {
        try AtomicFile.write(run.resolvedText, to: folder.path + "/" + configuration, listed: folder.list)
    }

    /// Opens the weights that MODEL.WEIGHTS names, in any format that `WeightArchive` reads: the file itself, or for
    /// one that official configurations name one of its name in `Checkpoints`. Throws `ConfigError` where there is
    /// none, `CheckpointError` for a file that cannot be read.
    package static func openWeights(_ path: String, _ setup: RunSetup, startsTraining: Bool = false) throws
        -> WeightsFile
    {
        let exists = FileManager.default.fileExists(atPath:)
        let download = OfficialWeights(path)
        guard let file = ([path] + (download?.places ?? [])).first(where: exists) else {
            let hint =
                download.map { startsTraining ? $0.advice : "name trained weights by --weights FILE" }
                ?? nearestFileHint(to: URL(fileURLWithPath: path))
            throw setup.configuration.invalid("MODEL.WEIGHTS", "cannot read \(path): no such file", hint: hint)
        }
        var weights = try WeightsFile(path: file, maps: setup.families.nameMaps)
        weights.remarks = remarks(on: weights, setup.configuration)
        return weights
    }

    /// What the network of a configuration does otherwise than the one that a file's weights were trained in, where the
    /// file's names tell.
    private static func remarks(on weights: WeightsFile, _ configuration: RunConfiguration) -> [String] {
        weights.map.settings.sorted { $0.key < $1.key }.compactMap { key, value in
            guard let held = configuration.settings.first(where: { $0.key == key })?.value, held != .text(value) else {
                return nil
            }
            return "warning: \(weights.path): files with names of \(weights.map.name) were trained with \(key) "
                + "\(ConfigValue.text(value)), here it is \(held)"
        }
    }

    /// The keys whose values differ between two resolved configurations, as `KEY now (was before)`.
    static func differences(_ before: String, _ now: String) throws -> [String] {
        let old = try ConfigDocument.parse(before, name: "checkpoint")
        let new = try ConfigDocument.parse(now, name: "configuration")
        return new.keys.compactMap { key in
            let (was, holds) = (old[key]?.value, new[key]?.value)
            guard was != holds, let holds else { return nil }
            return "\(key) \(holds) (was \(was.map { "\($0)" } ?? "not there"))"
        }
    }
}
