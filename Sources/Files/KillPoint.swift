import Foundation
import Synchronization

/// Where `Tools/kill-test.sh` ends the process: `PEM_KILL_AT=n` in the environment kills it before its n-th change of a
/// file, as a power switch would; `PEM_KILL_AT=0` lists the changes on standard error.
enum KillPoint {
    private static let chosen = ProcessInfo.processInfo.environment["PEM_KILL_AT"].flatMap { Int($0) }
    /// How many changes there were, and the last one.
    private static let seen = Mutex((count: 0, last: ""))

    /// Stands before each change; what is appended to one file in a row is one change.
    static func before(_ change: () -> FileSystem.Change) {
        guard let chosen else { return }
        let change = "\(change().name)"
        let number = seen.withLock { seen -> Int? in
            if change == seen.last, change.hasPrefix("append") { return nil }
            seen = (seen.count + 1, change)
            return seen.count
        }
        guard let number else { return }
        if chosen == 0 {
            try? FileHandle.standardError.write(contentsOf: Data("file operation \(number): \(change)\n".utf8))
        } else if number == chosen {
            kill(getpid(), SIGKILL)
        }
    }
}

extension FileSystem.Change {
    /// What is done to which file.
    fileprivate var name: String {
        switch self {
        case .makeFolder(let path): "make the folder \(path)"
        case .create(let path): "create \(path)"
        case .append(let path, _): "append to \(path)"
        case .cut(let path, _): "cut \(path)"
        case .sync(let path): "sync \(path)"
        case .rename(_, let path): "rename to \(path)"
        case .remove(let path): "remove \(path)"
        case .syncFolder(let path): "sync the folder \(path)"
        case .lock(let path): "lock \(path)"
        }
    }
}
