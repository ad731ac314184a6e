import Annotations
import Checkpoints
import ConfigFiles
import Configurations
import Engine
import Files
import Foundation
import Scoring

/// The small files of an output folder, and what is read from files that a configuration names.
enum RunFiles {
    private static let configuration = "config.yaml"

    /// Throws `FileError.foreign` where files of a training run would replace others in `folder`. In a run that is
    /// `resumed`, files that are not listed are its own.
    static func requireOurs(in folder: OutputFolder, resumed: Bool) throws(FileError) {
        let names = [configuration, ScoringReport.fileName]
        if resumed { try folder.list.adopt(names) }
        try folder.list.require(names)
        if !resumed, !folder.list.overwrites { try MetricsLog.requireOurs(in: folder.path) }
    }

    /// Writes `config.yaml`: every key with the value that holds. Throws `FileError`.
    static func writeConfiguration(_ run: RunConfiguration, to folder: OutputFolder) throws(FileError) {
        try AtomicFile.write(run.resolvedText, to: folder.path + "/" + configuration, listed: folder.list)
    }

    /// Opens the weights that MODEL.WEIGHTS names, in any format that `WeightArchive` reads. Throws
    /// `ConfigError` for an address, `CheckpointError` for a file that cannot be read.
    static func openWeights(_ path: String, _ setup: RunSetup) throws -> WeightsFile {
        guard !path.contains("://") else {
            throw setup.configuration.invalid(
                "MODEL.WEIGHTS", "expected a file, got the address \(path)",
                hint: "download it, or say MODEL.WEIGHTS \"\" to start from random weights")
        }
        return try WeightsFile(path: path, maps: setup.families.nameMaps)
    }

    /// The file for weights that an official configuration names as a pickle or an address: itself where it
    /// is there, otherwise one of the same name in `Checkpoints`. Other paths are returned as they are; nil
    /// where there is no such file.
    static func localWeights(_ path: String) -> String? {
        let exists = FileManager.default.fileExists(atPath:)
        guard isForeign(path), !exists(path) else { return path }
        let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        return ["safetensors", "pkl", "pth", "pt", "tar"].map { "Checkpoints/\(name).\($0)" }.first(
            where: exists)
    }

    private static func isForeign(_ path: String) -> Bool {
        path.contains("://") || [".pkl", ".pth", ".pt", ".tar"].contains(where: path.hasSuffix)
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
