import Foundation
import Synchronization

/// The files that commands wrote into a folder and its subfolders, each with a digest of its content: the lines of
/// `.pem-files` in it. By it a command tells what it may replace: a file that is not listed, or not as it was written,
/// is somebody's own.
///
/// A file is noted before it appears, and older lines stay, so that a program that is killed at any moment leaves no
/// file behind that it does not know.
package final class FileList: Sendable {
    private typealias Digests = [String: Set<ContentDigest>]

    private struct Line: Codable {
        let file: String
        let digest: ContentDigest
    }

    private static let fileName = ".pem-files"

    private let folder: String
    /// Whether every file may be replaced.
    package let overwrites: Bool
    /// By name, relative to the folder: all that a command ever wrote.
    private let digests: Mutex<Digests>

    private var path: String { folder + "/" + Self.fileName }

    /// The list of `folder`, empty where there is none yet. With `overwrites` every file may be replaced.
    package init(of folder: String, overwrites: Bool) {
        self.folder = folder
        self.overwrites = overwrites
        digests = Mutex(Self.read(folder + "/" + Self.fileName))
    }

    /// The list for the single file at `path`.
    package convenience init(beside path: String, overwrites: Bool) {
        self.init(of: FileSystem.folder(of: path), overwrites: overwrites)
    }

    /// The names of all files that a command ever wrote, relative to the folder.
    package var names: [String] { digests.withLock { Array($0.keys) } }

    /// Throws `FileError.foreign` with all files of these names, relative to the folder, that may not be replaced.
    package func require(_ names: [String]) throws(FileError) {
        try require(paths: names.map { folder + "/" + $0 })
    }

    /// The same for files by their paths.
    package func require(paths: [String]) throws(FileError) {
        if overwrites { return }
        var foreign = self.foreign(paths)
        if !foreign.isEmpty {
            // Another command may have written them since the list was read.
            digests.withLock { $0.merge(Self.read(path)) { $0.union($1) } }
            foreign = self.foreign(foreign)
        }
        if !foreign.isEmpty { throw .foreign(paths: foreign) }
    }

    private func foreign(_ paths: [String]) -> [String] {
        let known = digests.withLock { $0 }
        return paths.filter { path in
            guard access(path, F_OK) == 0 else { return false }
            guard let digests = known[name(of: path)] else { return true }
            return !(ContentDigest.of(path).map(digests.contains) ?? false)
        }
    }

    /// Takes files that are not listed for a command's own, as they are: older versions kept no list. Throws
    /// `FileError.unwritable`.
    package func adopt(_ names: [String]) throws(FileError) {
        let known = digests.withLock { $0 }
        for name in names where known[name] == nil {
            let path = folder + "/" + name
            if let digest = ContentDigest.of(path) { try add(path, digest) }
        }
    }

    private static func read(_ path: String) -> Digests {
        var known: Digests = [:]
        let decoder = JSONDecoder()
        for text in (FileManager.default.contents(atPath: path) ?? Data()).split(separator: UInt8(ascii: "\n")) {
            // The last line of a program that was killed may be half a line.
            guard let line = try? decoder.decode(Line.self, from: text) else { continue }
            known[line.file, default: []].insert(line.digest)
        }
        return known
    }

    /// Notes what a file is about to hold. Throws `FileError.unwritable`.
    func add(_ path: String, _ digest: ContentDigest) throws(FileError) {
        let name = name(of: path)
        let failure: FileError? = digests.withLock { known in
            guard known[name]?.contains(digest) != true else { return nil }
            do throws(FileError) {
                let list = try AppendedFile(self.path)
                try list.append(Self.text(Line(file: name, digest: digest)))
            } catch { return error }
            known[name, default: []].insert(digest)
            return nil
        }
        if let failure { throw failure }
    }

    private static func text(_ line: Line) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // The line before may have been cut; a line without content is passed over.
        return "\n" + ((try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "") + "\n"
    }

    private func name(of path: String) -> String {
        path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }
}
