import Foundation

/// A file that grows piece by piece. A piece is there whole or not at all, unless the program is killed within it.
package final class AppendedFile {
    package let path: String
    private let descriptor: Int32

    /// Opens the file at `path`, made where it is missing. Throws `FileError.unwritable`.
    package init(_ path: String) throws(FileError) {
        self.path = path
        var opened: Int32 = -1
        let failure = FileSystem.make(.create(path)) {
            opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
            return Int(opened)
        }
        if let failure { throw .unwritable(path: path, code: failure) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Appends text, all of it or nothing. Throws `FileError.unwritable`.
    package func append(_ text: String) throws(FileError) { try append(Array(text.utf8)) }

    /// Appends bytes, all of them or none. Throws `FileError.unwritable`.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        let length = lseek(descriptor, 0, SEEK_END)
        if let failure = bytes.withUnsafeBytes({ FileSystem.append($0, to: path, descriptor) }) {
            ftruncate(descriptor, length)
            throw .unwritable(path: path, code: failure)
        }
    }

    /// Drops what follows the first `length` bytes. Throws `FileError.unwritable`.
    package func cut(to length: Int) throws(FileError) {
        let failure = FileSystem.make(.cut(path, length: length)) { Int(ftruncate(descriptor, off_t(length))) }
        if let failure { throw .unwritable(path: path, code: failure) }
    }
}
