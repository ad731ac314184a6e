import Files
import Foundation
import Testing

@Suite struct FileListTests {
    private func write(_ text: String, _ name: String, in folder: ScratchFolder, overwrites: Bool = false) throws {
        let list = FileList(of: folder.path, overwrites: overwrites)
        try AtomicFile.write(text, to: folder.file(name), listed: list)
    }

    /// A later command knows what an earlier one wrote, also in subfolders; content that differs is somebody's own.
    @Test(arguments: ["a.txt", "sub/ü \"x\"\n.txt"])
    func whatWasWrittenIsKnown(name: String) throws {
        let folder = try ScratchFolder()
        try FileSystem.makeFolder(folder.file("sub"))
        for text in ["one", "two", "two", ""] { try write(text, name, in: folder) }
        try "own".write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        let foreign = FileError.foreign(paths: [folder.file(name)])
        #expect(throws: foreign) { try write("three", name, in: folder) }
        #expect(folder.text(name) == "own")
        #expect(try !FileManager.default.subpathsOfDirectory(atPath: folder.path).contains { $0.contains("partial") })
        try write("three", name, in: folder, overwrites: true)
        try write("four", name, in: folder)
        #expect(folder.text(name) == "four")
    }

    @Test func allForeignFilesAreFoundAtOnce() throws {
        let folder = try ScratchFolder()
        try write("ours", "a", in: folder)
        for name in ["b", "c", "d", "e"] {
            try "own".write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        let list = FileList(of: folder.path, overwrites: false)
        let error = #expect(throws: FileError.self) { try list.require(["a", "b", "c", "d", "e", "f"]) }
        #expect(error == .foreign(paths: ["b", "c", "d", "e"].map(folder.file)))
        let text = "\(try #require(error))"
        #expect(text.contains("/b, ") && text.contains("and 1 more files were") && text.contains("--overwrite"))
        try "changed".write(toFile: folder.file("a"), atomically: true, encoding: .utf8)
        try list.adopt(["a", "b", "f"])
        #expect(throws: FileError.foreign(paths: [folder.file("a")])) { try list.require(["a", "b", "f"]) }
        #expect(throws: Never.self) { try FileList(of: folder.path, overwrites: true).require(["a", "b"]) }
    }

    /// Killed between the note and the rename, or within the note: the file that is there is still known.
    @Test func killedAtAnyMoment() throws {
        let folder = try ScratchFolder()
        try write("one", "a", in: folder)
        let log = ChangeLog { if case .rename = $0 { EIO } else { nil } }
        #expect(throws: FileError.self) { try log.during { try write("two", "a", in: folder) } }
        let handle = try #require(FileHandle(forWritingAtPath: folder.file(".pem-files")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"digest\":{\"by".utf8))
        try handle.close()
        for text in ["three", "four"] { try write(text, "a", in: folder) }
        #expect(folder.text("a") == "four")
    }

    /// Two commands that write single files beside each other.
    @Test func whatOthersWroteMeanwhileIsKnown() throws {
        let folder = try ScratchFolder()
        let list = FileList(of: folder.path, overwrites: false)
        try write("theirs", "a", in: folder)
        try AtomicFile.write("ours", to: folder.file("a"), listed: list)
        #expect(folder.text("a") == "ours")
    }
}
