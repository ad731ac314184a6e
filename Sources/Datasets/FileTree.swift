import Files
import Foundation

/// Finding files by name.
enum FileTree {
    /// Paths below `folder`, relative to it, of files that end with `suffix` in any case; sorted. Hidden files and
    /// folders are left out. Links are followed; a folder that holds itself through one is not entered again, and
    /// `circles` gets its path. Throws `DatasetError` for a folder that does not exist or cannot be listed.
    static func files(in folder: String, suffixes: [String], circles: inout [String]) throws -> [String] {
        var found: [String] = []
        try list(
            folder, below: "", suffixes.map { $0.lowercased() }, inside: [real(folder)], into: &found, &circles)
        circles.sort()
        return found.sorted()
    }

    /// The same, of folders that were made by a program.
    static func files(in folder: String, suffixes: [String]) throws -> [String] {
        var circles: [String] = []
        return try files(in: folder, suffixes: suffixes, circles: &circles)
    }

    /// The absolute path with all links followed; `path` itself where nothing is there.
    static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func isFolder(_ path: String) -> Bool { FileSystem.isFolder(path) }

    /// Throws `DatasetError` with all folders that are missing.
    static func require(_ folders: [String]) throws {
        let missing = folders.filter { !isFolder($0) }
        if missing.isEmpty { return }
        throw DatasetError(
            "data set", missing.map { .missingFolder($0) },
            advice: "check the paths, and the root they lie under")
    }

    static func isFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) && !isFolder(path) }

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

    /// `ancestors` are the folders around, this one last, with links followed.
    private static func list(
        _ root: String, below folder: String, _ suffixes: [String], inside ancestors: [String],
        into found: inout [String], _ circles: inout [String]
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
                let inner = real(join(root, relative))
                if ancestors.contains(inner) {
                    circles.append(join(root, relative))
                } else {
                    try list(root, below: relative, suffixes, inside: ancestors + [inner], into: &found, &circles)
                }
            } else if suffixes.contains(where: name.lowercased().hasSuffix) {
                found.append(relative)
            }
        }
    }
}
