import ConfigFiles
import Foundation
import Testing

/// The folder that `PEM_GOLDENS` names.
enum GoldenFolder {
    private static let folder = ProcessInfo.processInfo.environment["PEM_GOLDENS"] ?? "../shared/goldens"

    /// The files of the folder and of those in it.
    static let paths = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".safetensors") }.sorted().map { folder + "/" + $0 }

    static var haveFiles: ConditionTrait {
        .enabled(if: !paths.isEmpty, "no *.safetensors in \(folder) (set PEM_GOLDENS)")
    }

    /// The golden; nil, and a line that says why, where its network is not built.
    static func built(_ path: String) throws -> GoldenFile? {
        let name = String(path.dropFirst(folder.count + 1).dropLast(".safetensors".count))
        do {
            return try GoldenFile(path: path, name: name)
        } catch let error as ConfigError where isUnbuilt(error) {
            print("golden \(name): skipped, \(error.key.map { $0 + ": " } ?? "")\(error.problem)")
            return nil
        }
    }

    // MODEL.PEM chooses among PEM's ablations, which no configuration knows yet.
    private static func isUnbuilt(_ error: ConfigError) -> Bool {
        error.kind == .unavailable || error.kind == .unknownKey && error.key?.hasPrefix("MODEL.PEM") == true
    }
}
