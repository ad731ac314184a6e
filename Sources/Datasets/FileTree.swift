import Foundation

/// Finding files by name.
enum FileTree {
    /// Paths below `folder`, relative to it, of files that end with `suffix` in any case; sorted. Hidden
    /// files and folders are left out. Throws `DatasetError` for a folder that does not exist or cannot be
    /// listed.
    static func files(in folder: String, suffixes: [String]) throws -> [String] {
        var found: [String] = []
        try list(folder, below: "", suffixes.map { $0.lowercased() }, into: &found)
        return found.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Throws `DatasetError` with all folders that are missing.
    static func require(_ folders: [String]) throws {
        let missing = folders.filter { !isFolder($0) }
        if missing.isEmpty { return }
        throw DatasetError(
            "data set", missing.map { .missingFolder($0) },
            advice: "check the paths, and the root they lie under")
    }

    static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// `path` itself if it is absolute, else below `folder`.
    static func resolve(_ path: String, in folder: String) -> String {
        if path.hasPrefix("/") { return path }
        if path.hasPrefix("~/") { return NSHomeDirectory() + path.dropFirst() }
        return folder == "." || folder.isEmpty ? path : join(folder, path)
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// A file's name without folders and ending.
    static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
    }

    /// A file's name without its ending; folders stay.
    static func withoutEnding(_ path: String) -> String {
        path.split(separator: "/").dropLast().map { $0 + "/" }.joined() + stem(path)
    }

    private static func list(
        _ root: String, below folder: String, _ suffixes: [String], into found: inout [String]
    ) throws {
        let path = folder.isEmpty ? root : join(root, folder)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            let problem: DatasetProblem =
                isFolder(path)
                ? .other(path, "cannot be listed (\(error.localizedDescription))") : .missingFolder(path)
            throw DatasetError("data set", [problem], advice: "check the path, and the root it lies under")
        }
        for name in names where !name.hasPrefix(".") {
            let relative = folder.isEmpty ? name : join(folder, name)
            if isFolder(join(root, relative)) {
                try list(root, below: relative, suffixes, into: &found)
            } else if suffixes.contains(where: name.lowercased().hasSuffix) {
                found.append(relative)
            }
        }
    }
}
