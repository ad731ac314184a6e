import ConfigFiles
import Configurations
import Datasets
import Files
import Foundation

/// A configuration as a command got it: the file, and what the command line laid over it.
package struct RunSetup: Sendable {
    /// The decoded configuration; data set descriptions are named by absolute paths.
    package let configuration: RunConfiguration
    /// What the user should know of the files that were read, a line each.
    package let warnings: [String]
    /// The families of networks that there are.
    package let families: [any NetworkFamily.Type]

    /// What helps where inference needs more memory than there is.
    static let memoryAdvice = "lower INPUT.MIN_SIZE_TEST"

    /// Reads a configuration file for one of `families`: the one at `path`, else the shipped one of its name. `texts`
    /// hold over `overrides` (KEY VALUE …) and are taken as they stand. Descriptions of data sets
    /// (`folder:FILE:SPLIT`) are looked for beside the file that names them, beside the one at `path`, then in the
    /// current folder; they say how many classes there are where the configuration does not. Throws `ConfigError`, and
    /// `DatasetError` for a description that cannot be read then.
    package init(
        path: String, overrides: [String], texts: [String: String] = [:], families: [any NetworkFamily.Type]
    ) throws {
        let shipped = ShippedConfigurations.files
        let file = try shipped.file(meantBy: path)
        var document = try ConfigDocument.read(path: file, shipped: shipped).overlaid(by: .overrides(overrides))
        for (key, text) in texts {
            let origin = ConfigOrigin.commandLine("\(key) \(text)")
            document.set(key, .init(value: .text(text), origin: origin, keyOrigin: origin))
        }
        for key in ["DATASETS.TRAIN", "DATASETS.TEST"] {
            guard var entry = document[key] else { continue }
            var files = [file]
            if case .file(let place) = entry.origin { files.insert(place.file, at: 0) }
            let folders = files.map(FileSystem.folder)
            switch entry.value {
            case .list(let names): entry.value = .list(names.map { Self.located($0, in: folders) })
            default: entry.value = Self.located(entry.value, in: folders)
            }
            document.set(key, entry)
        }
        try Self.takeClasses(of: ["DATASETS.TRAIN", "DATASETS.TEST"], into: &document)
        configuration = try RunConfiguration(document, families: families)
        warnings = document.warnings
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

    private static func located(_ name: ConfigValue, in folders: [String]) -> ConfigValue {
        guard case .text(let text) = name, text.hasPrefix("folder:") else { return name }
        let parts = text.dropFirst("folder:".count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let split = parts.last else { return name }
        let file = parts.dropLast().joined(separator: ":")
        if file.hasPrefix("/") || file.hasPrefix("~") { return name }
        let places = folders.map { $0 + "/" + file }
        let found = places.first(where: FileManager.default.fileExists) ?? file
        return .text("folder:\(URL(fileURLWithPath: found).standardizedFileURL.path):\(split)")
    }
}
