import Files
import Foundation
import Testing

@Suite struct AtomicFileTests {
    /// Written aside, synced, renamed, and the folder synced; under a short name of its own each time.
    @Test func theOrderOfChanges() throws {
        let folder = try ScratchFolder()
        let log = ChangeLog()
        try log.during {
            for text in ["one", "two"] { try AtomicFile.write(text, to: folder.file("a.txt")) }
        }
        #expect(folder.text("a.txt") == "two")
        #expect(try folder.names == ["a.txt"])
        let asides = log.changes.compactMap { change -> String? in
            if case .create(let path) = change { path } else { nil }
        }
        #expect(Set(asides).count == 2)
        for aside in asides {
            let name = (aside as NSString).lastPathComponent
            #expect(name.hasPrefix(".pem-\(getpid())-") && name.hasSuffix(".partial") && name.count < 50)
        }
        let second = try #require(asides.last)
        #expect(
            log.changes.suffix(5) == [
                .create(second), .append(second, Array("two".utf8)), .sync(second),
                .rename(second, to: folder.file("a.txt")), .syncFolder(folder.path),
            ])
    }

    /// Any name that the file system takes: the one aside is not longer.
    @Test(arguments: [224, 225, 243, 250, 255])
    func longNames(bytes: Int) throws {
        let folder = try ScratchFolder()
        // 75 characters of three bytes and letters.
        let name = String(repeating: "街", count: 70) + String(repeating: "a", count: bytes - 210)
        try AtomicFile.write("x", to: folder.file(name))
        #expect(folder.text(name) == "x")
    }

    /// Whatever fails, the old file stays and nothing is left beside it.
    @Test(arguments: ["create", "append", "sync", "rename"], [ENOSPC, EIO])
    func aFailureLeavesTheOldFile(step: String, code: Int32) throws {
        let folder = try ScratchFolder()
        let path = folder.file("a.txt")
        try AtomicFile.write("old", to: path)
        let log = ChangeLog { "\($0)".hasPrefix(step) ? code : nil }
        let error = #expect(throws: FileError.self) {
            try log.during { try AtomicFile.write("new", to: path) }
        }
        #expect(error == .unwritable(path: path, code: code) && error?.isDiskFull == (code == ENOSPC))
        #expect("\(try #require(error))".hasPrefix("cannot write \(path): \(String(cString: strerror(code)))"))
        #expect(folder.text("a.txt") == "old")
        #expect(try folder.names == ["a.txt"])
    }

    /// Neither a folder nor a device gives way to a file, nor does a link to one.
    @Test func onlyFilesAreReplaced() throws {
        let folder = try ScratchFolder()
        try FileSystem.makeFolder(folder.file("sub/inner"))
        let link = folder.file("null")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
        for path in [folder.file("sub"), link] {
            #expect(throws: FileError.notAFile(path: path)) { try AtomicFile.write("x", to: path) }
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
        #expect(throws: FileError.unwritable(path: folder.file("no/a.txt"), code: ENOENT)) {
            try AtomicFile.write("x", to: folder.file("no/a.txt"))
        }
        #expect(try folder.names == ["null", "sub"])
    }

    /// What killed processes left is cleared away, of older versions too; what living ones write stays.
    @Test func abandonedFilesAreRemoved() throws {
        let folder = try ScratchFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        let dead = process.processIdentifier
        let kept = [".pem-1-x.partial", ".pem-files", "a.partial"]
        for name in kept + [".pem-\(dead)-x.partial", ".pem-\(getpid())-x.partial", "model_1.safetensors.partial"] {
            try Data().write(to: URL(fileURLWithPath: folder.file(name)))
        }
        PartialFile.removeAbandoned(in: folder.path)
        #expect(try folder.names == kept)
    }

    /// A line that a full disk takes half of is taken back.
    @Test func appendedLinesAreWhole() throws {
        let folder = try ScratchFolder()
        let file = try AppendedFile(folder.file("log"))
        try file.append("one\n")
        for room in [0, 2] {
            let log = ChangeLog { change in
                guard case .append(let path, let bytes) = change else { return nil }
                let disk = FileHandle(forWritingAtPath: path)
                _ = try? disk?.seekToEnd()
                try? disk?.write(contentsOf: bytes.prefix(room))
                return ENOSPC
            }
            #expect(throws: FileError.self) { try log.during { try file.append("two\n") } }
            #expect(folder.text("log") == "one\n", "room for \(room) bytes")
        }
        try file.append("three\n")
        #expect(folder.text("log") == "one\nthree\n")
        try file.cut(to: 4)
        #expect(folder.text("log") == "one\n")
        #if os(Linux)
            let full = try AppendedFile("/dev/full")
            #expect(throws: FileError.unwritable(path: "/dev/full", code: ENOSPC)) { try full.append("x") }
        #endif
    }
}

/// Folders of paths, those of one letter too.
@Test(arguments: [
    ("1", "."), ("ab", "."), (".", "."), ("", "."), ("1/", "."), ("a/b", "a"), ("a//b/", "a"), ("/a", "/"), ("/", "/"),
    ("//a", "/"), ("/a/b/c", "/a/b"), ("ü/é", "ü"),
])
func foldersOfPaths(path: String, folder: String) { #expect(FileSystem.folder(of: path) == folder) }
