import Foundation
import Synchronization

/// The calls that change files and folders. All writers come here, so that a test sees each change before it is made,
/// and can let it fail.
package enum FileSystem {
    /// One change, by the paths that the writer named.
    package enum Change: Sendable, Equatable {
        case makeFolder(String)
        case create(String)
        case append(String, [UInt8])
        case cut(String, length: Int)
        /// The content of a file is on disk after it.
        case sync(String)
        case rename(String, to: String)
        case remove(String)
        /// The names in a folder are on disk after it.
        case syncFolder(String)
        case lock(String)
    }

    /// Sees a change before it is made; an error number in return makes it fail without being tried.
    package typealias Watcher = @Sendable (Change) -> Int32?

    /// By the threads whose changes they see.
    private static let watchers = Mutex<[pthread_t: Watcher]>([:])

    /// Lets `watcher` see what the calling thread changes within `body`.
    package static func watched<Result>(by watcher: @escaping Watcher, _ body: () throws -> Result) rethrows -> Result {
        let thread = pthread_self()
        watchers.withLock { $0[thread] = watcher }
        defer { watchers.withLock { $0[thread] = nil } }
        return try body()
    }

    /// Makes a change; gives the error number where it fails.
    static func make(_ change: @autoclosure () -> Change, _ call: () -> Int) -> Int32? {
        let watcher = watchers.withLock { $0.isEmpty ? nil : $0[pthread_self()] }
        if let watcher, let code = watcher(change()) { return code }
        KillPoint.before(change)
        while call() < 0 {
            if errno != EINTR { return errno }
        }
        return nil
    }

    /// Makes a folder and those around it, where they are missing. Throws `FileError.unwritable`.
    package static func makeFolder(_ path: String) throws(FileError) {
        if isFolder(path) { return }
        let above = folder(of: path)
        try makeFolder(above)
        if let code = make(.makeFolder(path), { Int(mkdir(path, 0o777)) }), !isFolder(path) {
            throw .unwritable(path: path, code: code)
        }
        syncFolder(above)
    }

    /// Removes a file, where there is one.
    package static func remove(_ path: String) { _ = make(.remove(path)) { Int(unlink(path)) } }

    /// Makes renamed and removed files survive a power cut; where folders cannot be synced there is nothing more to do.
    package static func syncFolder(_ path: String) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = make(.syncFolder(path)) { Int(fsync(folder)) }
        close(folder)
    }

    /// Appends bytes to an open file; gives the error number where that fails.
    static func append(_ bytes: UnsafeRawBufferPointer, to path: String, _ descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        return make(.append(path, Array(bytes))) {
            while !rest.isEmpty {
                let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 { return written }
                rest = rest.dropFirst(written)
            }
            return 0
        }
    }

    /// The folder that a file or folder lies in.
    package static func folder(of path: String) -> String {
        // Foundation's deletingLastPathComponent traps for names of one letter (Swift 6.3).
        guard let end = path.lastIndex(where: { $0 != "/" }), let slash = path[...end].lastIndex(of: "/") else {
            return path.hasPrefix("/") ? "/" : "."
        }
        return path[..<slash].lastIndex { $0 != "/" }.map { String(path[...$0]) } ?? "/"
    }

    /// The folder at `path`, or the nearest one around it where there is none yet.
    package static func nearestFolder(to path: String) -> String {
        var place = path
        while !isFolder(place) { place = folder(of: place) }
        return place
    }

    package static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

    /// Throws `FileError.notAFile` where something else than a regular file has this name.
    static func requireReplaceable(_ path: String) throws(FileError) {
        if let kind = kind(of: path), kind != S_IFREG { throw .notAFile(path: path) }
    }

    /// Bytes that may still be written to the file system of a folder; nil where it does not say.
    package static func freeBytes(in folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// The bits of S_IFMT of what a path leads to; nil where there is nothing.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
