import Files
import Foundation

/// `log.txt`: the lines that a run told, each with the time. Every session of a run adds to it. Lines that cannot be
/// written wait for the next one.
package final class TextLog {
    private static let fileName = "log.txt"

    private let path: String
    private var file: PatientFile?
    /// What is told before it is sure that there will be a run.
    private var early = ""

    /// The log of an output folder, which is not opened yet.
    package init(folder: String) { path = folder + "/" + Self.fileName }

    /// Opens the file and writes what was told so far. Throws `FileError.unwritable`.
    package func open() throws(FileError) {
        file = try PatientFile(path)
        try file?.append(early.utf8)
        early = ""
    }

    /// Throws `FileError.foreign` where a file that is no such log has its name in `folder`.
    package static func requireOurs(in folder: String) throws(FileError) {
        let path = folder + "/" + fileName
        let content = FileManager.default.contents(atPath: path) ?? Data()
        let start = String(decoding: content.prefix(21), as: UTF8.self)
        if !start.isEmpty, start.map({ $0.isNumber ? "0" : $0 }) != Array("[0000-00-00 00:00:00]") {
            throw .foreign(paths: [path])
        }
    }

    /// Adds a line.
    func add(_ text: String) {
        var (now, local) = (time(nil), tm())
        localtime_r(&now, &local)
        var stamp = [CChar](repeating: 0, count: 32)
        let length = strftime(&stamp, stamp.count, "[%Y-%m-%d %H:%M:%S] ", &local)
        let time = String(decoding: stamp.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let file else { return early += time + text + "\n" }
        try? file.append((time + text + "\n").utf8)
    }

    /// Writes the lines that wait. Throws `FileError.unwritable`.
    package func finish() throws(FileError) { try file?.finish() }
}
