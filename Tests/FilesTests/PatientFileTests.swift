import Files
import Foundation
import Synchronization
import Testing

@Suite struct PatientFileTests {
    /// What a full disk does not take is written when there is room; any other failure is an error.
    @Test func bytesWaitForRoom() throws {
        let folder = try ScratchFolder()
        let failing = Atomic<Int>(0)
        let log = ChangeLog { change in
            guard case .append = change, failing.load(ordering: .relaxed) != 0 else { return nil }
            return Int32(failing.load(ordering: .relaxed))
        }
        try log.during {
            let file = try PatientFile(folder.file("log"))
            try file.append("a\n".utf8)
            failing.store(Int(ENOSPC), ordering: .relaxed)
            try file.append("b\n".utf8)
            #expect(throws: FileError.self) { try file.finish() }
            #expect(folder.text("log") == "a\n")
            failing.store(Int(EIO), ordering: .relaxed)
            #expect(throws: FileError.self) { try file.append("c\n".utf8) }
            failing.store(0, ordering: .relaxed)
            try file.append("d\n".utf8)
            #expect(folder.text("log") == "a\nb\nc\nd\n")
        }
    }
}
