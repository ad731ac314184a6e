import Foundation

/// A folder that a command writes its results into: made where it is missing, locked until it is closed, and with the
/// list of what may be replaced.
package final class OutputFolder: Sendable {
    package let path: String
    /// What commands wrote into it.
    package let list: FileList
    private let lock: FolderLock

    /// `overwrites` lets every file be replaced; `note` is told where the file system has no locks. What killed
    /// processes left half-written is removed, unless `keepsAbandoned`. Throws `FileError`.
    package init(
        _ path: String, overwrites: Bool, keepsAbandoned: Bool = false, note: (String) -> Void
    ) throws(FileError) {
        self.path = path
        try FileSystem.makeFolder(path)
        lock = try FolderLock(path, note: note)
        if !keepsAbandoned { PartialFile.removeAbandoned(in: path) }
        list = FileList(of: path, overwrites: overwrites)
    }

    /// Gives the folder back to others. Call it at the end: a value that is not used any more may be gone before.
    package func close() { lock.release() }

    /// Whether a path leads to this folder.
    package func isFolder(at other: String) -> Bool {
        var (own, its) = (stat(), stat())
        return stat(path, &own) == 0 && stat(other, &its) == 0 && own.st_ino == its.st_ino && own.st_dev == its.st_dev
    }

    /// The path of a file of this name; the folders within that it names are made. Throws `FileError.unwritable`.
    package func place(_ name: String) throws(FileError) -> String {
        let place = path + "/" + name
        try FileSystem.makeFolder(FileSystem.folder(of: place))
        return place
    }
}
