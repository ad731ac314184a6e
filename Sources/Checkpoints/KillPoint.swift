import Foundation
import Synchronization

/// Where `Tools/kill-test.sh` ends the process: `PEM_KILL_AT=n` in the environment kills it before its n-th file
/// operation, as a power switch would; `PEM_KILL_AT=0` lists the operations on standard error.
package enum KillPoint {
    private static let chosen = ProcessInfo.processInfo.environment["PEM_KILL_AT"].flatMap { Int($0) }
    private static let count = Atomic<Int>(0)

    /// Stands before each operation that changes a file.
    package static func before(_ operation: StaticString, _ path: String) {
        guard let chosen else { return }
        let number = count.add(1, ordering: .relaxed).newValue
        if chosen == 0 {
            try? FileHandle.standardError.write(
                contentsOf: Data("file operation \(number): \(operation) \(path)\n".utf8))
        } else if number == chosen {
            kill(getpid(), SIGKILL)
        }
    }
}
