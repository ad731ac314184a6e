import ArgumentParser
import Datasets
import Foundation
import Recipes

extension CompletionKind {
    /// A configuration: one that is shipped, by its path in Configs, or a file.
    package static let configuration = custom { _, _, typed in
        ShippedConfigurations.files.paths + files(typed, [".cfg", ".yaml", ".yml"])
    }

    /// A data set's name, or a description file.
    package static let dataset = custom { _, _, typed in DatasetCatalog.names + files(typed, [".json"]) }

    /// A file of weights.
    package static let weights = file(extensions: ["safetensors", "json", "pth", "pt", "tar", "pkl"])

    /// The files in the folder that is typed, and its folders with a slash.
    private static func files(_ typed: String, _ endings: [String]) -> [String] {
        let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
        let place = folder.isEmpty ? "." : (folder as NSString).expandingTildeInPath
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.sorted().compactMap { name in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place + "/" + name, isDirectory: &isFolder) else { return nil }
            if isFolder.boolValue { return folder + name + "/" }
            return endings.contains(where: name.hasSuffix) ? folder + name : nil
        }
    }
}
