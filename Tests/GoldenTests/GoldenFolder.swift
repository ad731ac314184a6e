import ConfigFiles
import Foundation
import Testing

/// The folder that `PEM_GOLDENS` names, and `goldens_variants` beside it.
enum GoldenFolder {
    private static let folder = ProcessInfo.processInfo.environment["PEM_GOLDENS"] ?? "../shared/goldens"

    /// The files of the folders and of those in them.
    static let paths = [folder, URL(fileURLWithPath: folder).deletingLastPathComponent().path + "/goldens_variants"]
        .flatMap { folder in
            (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
                .filter { $0.hasSuffix(".safetensors") }.sorted().map { folder + "/" + $0 }
        }

    static var haveFiles: ConditionTrait {
        .enabled(if: !paths.isEmpty, "no *.safetensors in \(folder) (set PEM_GOLDENS)")
    }

    /// The golden; nil, and a line that says why, where its network is not built. Those of families that are built must
    /// not be left out so.
    static func built(_ path: String) throws -> GoldenFile? {
        let parts = path.dropLast(".safetensors".count).split(separator: "/")
        let name = parts.drop { !$0.hasPrefix("goldens") }.dropFirst().joined(separator: "/")
        do {
            return try GoldenFile(path: path, name: name)
        } catch let error as ConfigError where error.kind == .unavailable && !isOfBuiltFamily(parts.last ?? "") {
            print("golden \(name): skipped, \(error.key.map { $0 + ": " } ?? "")\(error.problem)")
            return nil
        }
    }

    private static func isOfBuiltFamily(_ file: some StringProtocol) -> Bool {
        [
            "pem_", "mask2former_", "emca_", "maskformer_", "perpixel_", "segformer_", "pidnet_", "swiftformer_",
        ].contains { file.hasPrefix($0) }
    }
}
