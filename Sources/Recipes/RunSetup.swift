import ConfigFiles
import Configurations
import Datasets
import Foundation

/// A configuration as a command got it: the file, and what the command line laid over it.
package struct RunSetup: Sendable {
    /// The decoded configuration; data set descriptions are named by absolute paths.
    package let configuration: RunConfiguration
    /// Whether MODEL.WEIGHTS was given on the command line, so that nothing else will do.
    package let namesWeights: Bool
    /// The families of networks that there are.
    package let families: [any NetworkFamily.Type]

    /// Reads a configuration file for one of `families`: the one at `path`, else the shipped one of its name.
    /// Descriptions of data sets (`folder:FILE:SPLIT`) are looked for beside the file, then in the current folder; they
    /// say how many classes there are where the configuration does not. Throws `ConfigError`, and `DatasetError` for a
    /// description that cannot be read then.
    package init(path: String, overrides: [String], families: [any NetworkFamily.Type]) throws {
        let file = ConfigDocument.found(path, in: ConfigDocument.shippedFolders)
        let folder = (file as NSString).deletingLastPathComponent
        var document = try ConfigDocument.read(path: file).overlaid(by: .overrides(overrides))
        for key in ["DATASETS.TRAIN", "DATASETS.TEST"] {
            guard var entry = document[key], case .list(let names) = entry.value else { continue }
            entry.value = .list(names.map { Self.located($0, beside: folder) })
            document.set(key, entry)
        }
        try Self.takeClasses(of: ["DATASETS.TRAIN", "DATASETS.TEST"], into: &document)
        configuration = try RunConfiguration(document, families: families)
        namesWeights = stride(from: 0, to: overrides.count, by: 2).contains { overrides[$0] == "MODEL.WEIGHTS" }
        self.families = families
    }

    /// Sets what is not written of the number of classes and the ignore label to what the first description says.
    private static func takeClasses(of keys: [String], into document: inout ConfigDocument) throws {
        let section = "MODEL.SEM_SEG_HEAD."
        let missing = ["NUM_CLASSES", "IGNORE_VALUE"].map { section + $0 }.filter { document[$0] == nil }
        if missing.isEmpty { return }
        for key in keys {
            guard let entry = document[key], case .list(let names) = entry.value else { continue }
            for case .text(let name) in names {
                guard let classes = try DatasetCatalog.describedClasses(of: name) else { continue }
                let values = [section + "NUM_CLASSES": classes.count, section + "IGNORE_VALUE": classes.ignoreLabel]
                for (missing, value) in values where document[missing] == nil {
                    document.set(
                        missing, .init(value: .integer(value), origin: entry.origin, keyOrigin: entry.keyOrigin))
                }
                return
            }
        }
    }

    private static func located(_ name: ConfigValue, beside folder: String) -> ConfigValue {
        guard case .text(let text) = name, text.hasPrefix("folder:") else { return name }
        let parts = text.dropFirst("folder:".count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let split = parts.last else { return name }
        let file = parts.dropLast().joined(separator: ":")
        if file.hasPrefix("/") || file.hasPrefix("~") { return name }
        let beside = (folder.isEmpty ? "." : folder) + "/" + file
        let found = FileManager.default.fileExists(atPath: beside) ? beside : file
        return .text("folder:\(URL(fileURLWithPath: found).standardizedFileURL.path):\(split)")
    }
}
