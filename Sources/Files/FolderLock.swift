import Foundation
import Synchronization

/// The right to write into a folder, held by one process at a time and lost with it, however it ends: an advisory lock
/// on `.pem-lock` in the folder, which names its holder.
package final class FolderLock: Sendable {
    private static let fileName = ".pem-lock"

    private let path: String
    /// Nil where the file system has no locks, and once it is given back.
    private let descriptor: Mutex<Int32?>

    /// Locks a folder that is there. `note` is told where the file system has no locks. Throws `FileError.inUse` while
    /// another holds it, and `FileError.unwritable`.
    package init(_ folder: String, note: (String) -> Void) throws(FileError) {
        path = folder + "/" + Self.fileName
        let opened = try Self.lock(path, folder)
        descriptor = Mutex(opened)
        if opened == nil {
            note(
                "note: \(folder): this file system has no locks; see to it that no other command writes there meanwhile"
            )
        }
    }

    deinit { release() }

    /// Gives the folder back.
    package func release() {
        descriptor.withLock { descriptor in
            guard let opened = descriptor else { return }
            // Removed while it is locked: whoever opened it before finds that it has no name any more.
            FileSystem.remove(path)
            close(opened)
            descriptor = nil
        }
    }

    private static func lock(_ path: String, _ folder: String) throws(FileError) -> Int32? {
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard file >= 0 else { throw .unwritable(path: path, code: errno) }
            switch FileSystem.make(.lock(path), { Int(flock(file, LOCK_EX | LOCK_NB)) }) {
            case nil:
                if isNamed(file, path) {
                    describeHolder(in: file)
                    return file
                }
                // Its holder removed it between our two calls.
                close(file)
            case EWOULDBLOCK:
                defer { close(file) }
                throw .inUse(folder: folder, holder: holder(in: file))
            case .some(let code):
                close(file)
                guard [ENOLCK, ENOSYS, ENOTSUP, EINVAL].contains(code) else {
                    throw .unwritable(path: path, code: code)
                }
                FileSystem.remove(path)
                return nil
            }
        }
    }

    /// Whether the open file is the one that has this name now.
    private static func isNamed(_ file: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }

    private static func describeHolder(in file: Int32) {
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let place = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let start = Date().formatted(.iso8601)
        let name = ProcessInfo.processInfo.processName
        let text = Array("process \(getpid()) (\(name) on \(place), since \(start))".utf8)
        // What it says is for people: the lock holds without it, on a full disk too.
        ftruncate(file, 0)
        _ = pwrite(file, text, text.count, 0)
    }

    private static func holder(in file: Int32) -> String {
        let text = [UInt8](unsafeUninitializedCapacity: 400) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, buffer.count, 0))
        }
        return text.isEmpty ? "another process" : String(decoding: text, as: UTF8.self)
    }
}
