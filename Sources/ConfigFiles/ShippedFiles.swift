import Foundation

/// The configurations that come with the programs: in folders, each with a folder for every family of networks.
package struct ShippedFiles: Sendable {
    /// The folders, the one that is looked into first at the beginning.
    package let roots: [String]

    /// Those of the folders `roots`; of files of one name the first folder's is meant.
    package init(roots: [String] = []) { self.roots = roots }

    /// The paths of all within their folders, without what only stands beneath others (`Base`).
    package var paths: [String] { Set(roots.flatMap { Self.files(in: $0, ".cfg") }).sorted() }

    /// The paths of the descriptions of data sets; of one name the first folder's.
    package var descriptions: [String] {
        let all = roots.flatMap { root in Self.files(in: root, ".json").map { (name: $0, path: "\(root)/\($0)") } }
        return Dictionary(all.map { ($0.name, $0.path) }) { first, _ in first }.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func files(in root: String, _ ending: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(ending) && !("/" + $0).contains("/Base/") }
    }

    /// The file that a path on the command line means: itself, else the shipped one of this path, else that of this
    /// name. So a shipped file is found by its bare name, and by the path that it had before it moved. Throws
    /// `ConfigError` where several families have a file of this name.
    package func file(meantBy path: String) throws -> String {
        let expanded = (path as NSString).expandingTildeInPath
        if FileManager.default.fileExists(atPath: expanded) { return expanded }
        return try file(path, at: nil) ?? file((path as NSString).lastPathComponent, at: nil) ?? path
    }

    /// The file of this path in a folder or in that of a family; nil where there is none. Throws `ConfigError` where
    /// several families have one.
    func file(_ path: String, at origin: ConfigOrigin?, key: String? = nil) throws -> String? {
        let inside = path.hasPrefix("Configs/") ? String(path.dropFirst("Configs/".count)) : path
        if inside.hasPrefix("/") || inside.split(separator: "/").contains("..") { return nil }
        for root in roots {
            let own = "\(root)/\(inside)"
            if FileManager.default.fileExists(atPath: own) { return own }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root))?.sorted() ?? []
            let found = names.map { "\($0)/\(inside)" }.filter {
                FileManager.default.fileExists(atPath: "\(root)/\($0)")
            }
            guard found.count < 2 else {
                throw ConfigError(
                    .unreadable, at: origin, key: key, "\(path): several files of \(root) have this name",
                    hint: "name the folder too: \(found.joined(separator: " or "))")
            }
            if let only = found.first { return "\(root)/\(only)" }
        }
        return nil
    }
}
