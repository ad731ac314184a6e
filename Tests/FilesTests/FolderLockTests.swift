import Files
import Foundation
import Testing

@Suite struct FolderLockTests {
    @Test func oneHolderAtATime() throws {
        let folder = try ScratchFolder()
        let first = try OutputFolder(folder.file("out/inner"), overwrites: false) { Issue.record("\($0)") }
        let error = #expect(throws: FileError.self) {
            _ = try OutputFolder(first.path, overwrites: true) { Issue.record("\($0)") }
        }
        let text = "\(try #require(error))"
        #expect(text.contains("\(first.path) is in use by process \(getpid()) (") && text.contains(", since 20"))
        // The folders around and within are others.
        let around = try OutputFolder(folder.file("out"), overwrites: false) { Issue.record("\($0)") }
        around.close()
        first.close()
        let second = try OutputFolder(first.path, overwrites: false) { Issue.record("\($0)") }
        second.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: first.path) == [])
    }

    /// The file of a holder that was killed stays, its lock does not.
    @Test func aLockDiesWithItsHolder() throws {
        let folder = try ScratchFolder()
        let path = folder.file(".pem-lock")
        let holder = open(path, O_RDWR | O_CREAT, 0o600)
        #expect(flock(holder, LOCK_EX) == 0)
        #expect(throws: FileError.inUse(folder: folder.path, holder: "another process")) {
            _ = try FolderLock(folder.path) { Issue.record("\($0)") }
        }
        close(holder)
        let lock = try FolderLock(folder.path) { Issue.record("\($0)") }
        #expect(folder.text(".pem-lock")?.hasPrefix("process \(getpid()) (") == true)
        lock.release()
        #expect(try folder.names == [])
    }

    @Test(arguments: [ENOLCK, ENOSYS, EOPNOTSUPP])
    func aFileSystemWithoutLocksIsToldOf(code: Int32) throws {
        let folder = try ScratchFolder()
        var notes: [String] = []
        let log = ChangeLog { if case .lock = $0 { code } else { nil } }
        let lock = try log.during { try FolderLock(folder.path) { notes.append($0) } }
        #expect(notes.count == 1 && notes[0].contains("has no locks") && notes[0].contains(folder.path))
        #expect(try folder.names == [])
        lock.release()
    }
}
