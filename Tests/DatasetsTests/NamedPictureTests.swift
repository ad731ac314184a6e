import Annotations
import Datasets
import Foundation
import Testing

/// From words on a command line to pictures with names of their own.
@Suite struct NamedPictureTests {
    private let root: String

    init() throws {
        root = NSTemporaryDirectory() + "named-\(UUID().uuidString)"
        for name in ["a/x.png", "a/b/x.jpg", "a/b/y.PNG", "a/note.txt", "a/.hidden.png", "c/x.png", "c/x_2.png"] {
            let file = URL(fileURLWithPath: root + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(name.utf8).write(to: file)
        }
    }

    private func names(_ words: String..., list: [String] = [], isResult: (String) -> Bool = { _ in false }) throws
        -> [String]
    {
        try NamedPicture.named(by: words.map { $0 == "-" ? $0 : root + "/" + $0 }, isResult: isResult) {
            list.map { root + "/" + $0 }
        }.map { "\($0.path.dropFirst(root.count + 1)) \($0.name)" }
    }

    @Test func foldersKeepTheirSubfolders() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(try names("a") == ["a/b/x.jpg b/x", "a/b/y.PNG b/y", "a/x.png x"])
        #expect(try names("a") { $0.hasSuffix("/a/b/x.jpg") } == ["a/b/y.PNG b/y", "a/x.png x"])
    }

    @Test func patternsAndLists() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(try names("a/b/?.*") == ["a/b/x.jpg x", "a/b/y.PNG y"])
        #expect(try names("-", list: ["c/x.png", "a/b"]) == ["c/x.png x", "a/b/x.jpg x_2", "a/b/y.PNG y"])
        // A file that is not there is told when it is read.
        #expect(try names("nowhere.png") == ["nowhere.png nowhere"])
    }

    /// No two have one name, also where a number is taken; a file that is named twice is taken once.
    @Test func namesAreDistinct() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(
            try names("a/x.png", "c/x.png", "c/x_2.png", "a/b/x.jpg", "a/../a/x.png")
                == ["a/x.png x", "c/x.png x_3", "c/x_2.png x_2", "a/b/x.jpg x_4"])
    }

    @Test func nothingIsAnError() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(throws: InputError.self) { try names("a/*.bmp") }
        try FileManager.default.createDirectory(atPath: root + "/empty", withIntermediateDirectories: true)
        #expect(throws: InputError.self) { try names("empty") }
    }
}
