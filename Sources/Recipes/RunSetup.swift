import ConfigFiles
import Configurations
import Foundation

/// A configuration as a command got it: the file, and what the command line laid over it.
package struct RunSetup: Sendable {
    /// The decoded configuration; data set descriptions are named by absolute paths.
    package let configuration: RunConfiguration
    /// What the user should know of the files that were read, a line each.
    package let warnings: [String]
    /// The families of networks that there are.
    package let families: [any NetworkFamily.Type]

    /// Reads a configuration file for one of `families`: the one at `path`, else the shipped one of its name. `texts`
    /// hold over `overrides` (KEY VALUE …) and are taken as they stand. Descriptions of data sets
    /// (`folder:FILE:SPLIT`) are looked for beside the file that names them, beside the one at `path`, then in the
    /// current folder. Throws `ConfigError`.
    package init(
        path: String, overrides: [String], texts: [String: String] = [:], families: [any NetworkFamily.Type]
    ) throws {
        let shipped = ShippedConfigurations.folders
        let file = ConfigDocument.found(path, in: shipped)
        var document = try ConfigDocument.read(path: file, shipped: shipped).overlaid(by: .overrides(overrides))
        for (key, text) in texts {
            let origin = ConfigOrigin.commandLine("\(key) \(text)")
            document.set(key, .init(value: .text(text), origin: origin, keyOrigin: origin))
        }
        for key in ["DATASETS.TRAIN", "DATASETS.TEST"] {
            guard var entry = document[key] else { continue }
            var files = [file]
            if case .file(let place) = entry.origin { files.insert(place.file, at: 0) }
            let folders = files.map { ($0 as NSString).deletingLastPathComponent }
            switch entry.value {
            case .list(let names): entry.value = .list(names.map { Self.located($0, in: folders) })
            default: entry.value = Self.located(entry.value, in: folders)
            }
            document.set(key, entry)
        }
        configuration = try RunConfiguration(document, families: families)
        warnings = document.warnings
        self.families = families
    }

    private static func located(_ name: ConfigValue, in folders: [String]) -> ConfigValue {
        guard case .text(let text) = name, text.hasPrefix("folder:") else { return name }
        let parts = text.dropFirst("folder:".count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let split = parts.last else { return name }
        let file = parts.dropLast().joined(separator: ":")
        if file.hasPrefix("/") || file.hasPrefix("~") { return name }
        let places = folders.map { ($0.isEmpty ? "." : $0) + "/" + file }
        let found = places.first(where: FileManager.default.fileExists) ?? file
        return .text("folder:\(URL(fileURLWithPath: found).standardizedFileURL.path):\(split)")
    }
}
