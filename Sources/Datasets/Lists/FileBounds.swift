import Foundation

/// Where the files that a list names must lie.
package struct FileBounds: Sendable {
    /// A folder with everything in it.
    let root: String
    /// Whether they may lie anywhere (`--allow-outside`).
    let allowsOutside: Bool

    package init(root: String, allowsOutside: Bool) {
        self.root = root
        self.allowsOutside = allowsOutside
    }
}

/// The files that a list names, relative to one folder or absolute. They must lie in that folder or in the root, as the
/// names have it: links that the user made may lead anywhere.
package struct ListedFiles {
    private let folder: String
    private let allowsOutside: Bool
    /// Absolute, as written and with links followed.
    private let written, real: [String]

    package init(in folder: String, _ bounds: FileBounds) {
        self.folder = folder
        allowsOutside = bounds.allowsOutside
        written = [folder, bounds.root].map(Self.absolute)
        real = written.map(FileTree.real)
    }

    /// The file of a name; an absolute one is taken as it is.
    package func path(of name: String) -> String { leadsAway(name) ? moved(name) : FileTree.join(folder, name) }

    /// What is wrong with a name that leads outside; nil for any other.
    package func fault(of name: String) -> String? {
        guard !allowsOutside, leadsAway(name), !isInside(Self.absolute(absoluteText(name))) else { return nil }
        return "file_name \"\(name)\" leads outside of \(folder) and the root (it is taken with --allow-outside)"
    }

    /// A name that a list gives, from `folder` on; of an absolute one elsewhere, the last part alone.
    static func relative(_ name: String, to folder: String) -> String {
        guard name.hasPrefix("/") else { return name }
        let start = absolute(folder) + "/"
        return name.hasPrefix(start) ? String(name.dropFirst(start.count)) : (name as NSString).lastPathComponent
    }

    private func leadsAway(_ name: String) -> Bool { name.hasPrefix("/") || name.split(separator: "/").contains("..") }

    /// Without "..", which would lead on from where links lead to.
    private func moved(_ name: String) -> String {
        let path = Self.absolute(absoluteText(name))
        return isInside(path) ? path : absoluteText(name)
    }

    private func absoluteText(_ name: String) -> String {
        name.hasPrefix("/") ? name : FileTree.join(folder, name)
    }

    private func isInside(_ path: String) -> Bool {
        Self.lies(path, in: written) || Self.lies(FileTree.real(path), in: real)
    }

    private static func lies(_ path: String, in folders: [String]) -> Bool {
        folders.contains { path.hasPrefix($0 == "/" ? $0 : $0 + "/") }
    }

    /// From the root of the file system, without "." and "..", links as they are.
    private static func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
