/// A file that grows, whose writer goes on when the disk is full: what it does not take waits for the next time.
package final class PatientFile {
    private let file: AppendedFile
    private var waiting: [UInt8] = []

    package var path: String { file.path }

    /// Opens the file at `path`, made where it is missing. Throws `FileError.unwritable`.
    package init(_ path: String) throws(FileError) { file = try AppendedFile(path) }

    /// Drops what follows the first `length` bytes. Throws `FileError.unwritable`.
    package func cut(to length: Int) throws(FileError) { try file.cut(to: length) }

    /// Appends what waits and these bytes. Throws `FileError.unwritable`, but not for a full disk.
    package func append(_ bytes: some Sequence<UInt8>) throws(FileError) {
        waiting += bytes
        do throws(FileError) { try finish() } catch {
            if !error.isDiskFull { throw error }
        }
    }

    /// Appends what waits. Throws `FileError.unwritable`.
    package func finish() throws(FileError) {
        if waiting.isEmpty { return }
        try file.append(waiting)
        waiting = []
    }
}
