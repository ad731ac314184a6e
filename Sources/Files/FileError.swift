import Foundation

/// Why a file was not written.
package enum FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system refused, with this error number; what was there before is untouched.
    case unwritable(path: String, code: Int32)
    /// Something else than a regular file has the name: a folder, or a device.
    case notAFile(path: String)
    /// Files that would be replaced, and that no command is known to have written as they are.
    case foreign(paths: [String])
    /// Another process writes into the folder; `holder` is what it says of itself.
    case inUse(folder: String, holder: String)

    /// Whether there is no room: a full disk, a quota, or a limit on the size of files.
    package var isDiskFull: Bool {
        guard case .unwritable(_, let code) = self else { return false }
        return [ENOSPC, EDQUOT, EFBIG].contains(code)
    }

    /// The file, what is wrong, and what to do.
    package var description: String {
        switch self {
        case .unwritable(let path, let code):
            "cannot write \(path): \(String(cString: strerror(code))). What was there before is untouched; "
                + (isDiskFull ? "make room" : "check the folder") + " or choose another --output."
        case .notAFile(let path):
            "cannot write \(path): it is no regular file. Nothing was written; choose another name."
        case .foreign(let paths):
            "\(Self.listed(paths)) not written by this program, or changed since, and would be replaced. "
                + "Nothing was replaced; choose another place for the results, move the file away, or give --overwrite."
        case .inUse(let folder, let holder):
            "\(folder) is in use by \(holder). Wait for its end or stop it, or choose another --output."
        }
    }

    private static func listed(_ paths: [String]) -> String {
        let shown = paths.prefix(3).joined(separator: ", ")
        if paths.count == 1 { return shown + " was" }
        return (paths.count > 3 ? "\(shown) and \(paths.count - 3) more files" : shown) + " were"
    }
}
