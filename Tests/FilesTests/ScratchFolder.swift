import Files
import Foundation
import Synchronization

/// A folder of its own, removed with the value's last use.
final class ScratchFolder {
    let path = NSTemporaryDirectory() + "files-tests-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    func text(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// Notes changes, and lets those fail that `failure` gives an error number for.
final class ChangeLog: Sendable {
    private let seen = Mutex<[FileSystem.Change]>([])
    private let failure: @Sendable (FileSystem.Change) -> Int32?

    init(_ failure: @escaping @Sendable (FileSystem.Change) -> Int32? = { _ in nil }) { self.failure = failure }

    var changes: [FileSystem.Change] { seen.withLock { $0 } }

    func during<Result>(_ work: () throws -> Result) rethrows -> Result {
        try FileSystem.watched(by: { change in
            self.seen.withLock { $0.append(change) }
            return self.failure(change)
        }) { try work() }
    }
}
