import ConfigFiles
import Foundation
import Testing

@Suite final class DocumentTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("configs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("sub"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ name: String, _ text: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    @Test func basesAreOverlaidAndOriginsKept() throws {
        let base = try write("sub/base.yaml", "A:\n  X: 1\n  Y: 2\nB: 3\n")
        let path = try write("child.cfg", "_BASE_: sub/base.yaml\nA:\n  Y: (1, 2)\n")
        let document = try ConfigDocument.read(path: path).overlaid(
            by: .overrides(["B", "4", "C.D", "true"]))
        #expect(document.keys == ["A.X", "A.Y", "B", "C.D"])
        #expect(document["A.X"]?.value == .integer(1))
        #expect(document["A.Y"]?.value == .list([.integer(1), .integer(2)]))
        #expect(document["A.X"]?.origin == .file(.init(file: base, line: 2, column: 6, source: "  X: 1")))
        #expect(
            document["A.Y"]?.origin == .file(.init(file: path, line: 3, column: 6, source: "  Y: (1, 2)")))
        #expect(document["B"]?.value == .integer(4))
        #expect(document["B"]?.origin == .commandLine("B 4"))
        #expect(document["C.D"]?.value == .boolean(true))
    }

    @Test func severalBasesComeInOrder() throws {
        _ = try write("one.cfg", "A: 1\nB: 1\n")
        _ = try write("two.cfg", "B: 2\n")
        let path = try write("child.cfg", "_BASE_: [one.cfg, two.cfg]\n")
        let document = try ConfigDocument.read(path: path)
        #expect(document["A"]?.value == .integer(1))
        #expect(document["B"]?.value == .integer(2))
    }

    @Test func cyclesAreNamed() throws {
        _ = try write("a.cfg", "_BASE_: b.cfg\n")
        let path = try write("b.cfg", "_BASE_: a.cfg\n")
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.read(path: path) }
        #expect(error?.kind == .baseCycle)
        #expect(error?.problem.contains("b.cfg → a.cfg → b.cfg") == true)
    }

    @Test func missingBaseNamesTheNearestFile() throws {
        _ = try write("pem_R50_bs32_160k.yaml", "A: 1\n")
        let path = try write("pem_STDC1.yaml", "_BASE_: pem_R50_bs32_90k.yaml\n")
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.read(path: path) }
        #expect(error?.kind == .unreadable)
        #expect("\(try #require(error))".hasPrefix("\(path):1:9: _BASE_: "))
        #expect(error?.hint?.contains("pem_R50_bs32_160k.yaml") == true)
    }

    @Test func missingFileAndFolder() throws {
        #expect(throws: ConfigError.self) { try ConfigDocument.read(path: "/nowhere/x.cfg") }
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.read(path: self.folder.path) }
        #expect(error?.problem.contains("got a folder") == true)
    }

    @Test(arguments: [
        ("A: 1\nB: 2\nA: 3\n", ConfigError.Kind.duplicateKey, "3:"),
        ("A:\n  B: 1\nA.B: 2\n", .duplicateKey, "3:1"),
        ("A: [1, 2\n", .syntax, ""), ("A: \"x\n", .syntax, ""), ("\tA: 1\n", .syntax, ""),
        ("- 1\n", .syntax, "1:1"),
        ("A: *x\n", .syntax, "1:"), ("A: [{B: 1}]\n", .syntax, "1:5"), ("A: !thing 3\n", .syntax, "1:4"),
        ("? [1]\n: 2\n", .syntax, "1:"), ("A: 1\n---\nB: 2\n", .syntax, ""),
        ("_BASE_: x.cfg\n", .syntax, "1:1"),
        ("A: \u{0}\n", .syntax, ""),
    ])
    func badTextIsRefusedWithItsPlace(text: String, kind: ConfigError.Kind, place: String) {
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.parse(text, name: "bad.cfg") }
        #expect(error?.kind == kind)
        #expect(error?.description.contains("bad.cfg:" + place) == true)
    }

    @Test func bombsAreRefused() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            bomb +=
                "a\(level): &a\(level) ["
                + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        let deep = "A: " + String(repeating: "[", count: 3000)
        let inline = "A:\n  " + String(repeating: "- ", count: 3000) + "x"
        let long = "A: " + String(repeating: "x", count: 300_000)
        for text in [bomb, deep, inline, long] {
            #expect(throws: ConfigError.self) { try ConfigDocument.parse(text, name: "bomb") }
        }
    }

    @Test func fewAliasesAreFine() throws {
        let document = try ConfigDocument.parse("A: &size [1, 2]\nB: *size\n", name: "test")
        #expect(document["B"]?.value == .list([.integer(1), .integer(2)]))
    }

    @Test func aKeyRepeatedWithTheSameValueIsTaken() throws {
        let text = "S:\n  A: [1, 2]\n  B: 3\n  A: [1, 2]  # again\nC: 4\n"
        let document = try ConfigDocument.parse(text, name: "test")
        #expect(document.keys == ["S.A", "S.B", "C"])
        #expect(document["C"]?.origin == .file(.init(file: "test", line: 5, column: 4, source: "C: 4")))
        #expect(throws: ConfigError.self) {
            try ConfigDocument.parse("A:\n  B: 1\nA:\n  B: 1\n", name: "test")
        }
    }

    @Test func emptyTextIsAnEmptyDocument() throws {
        for text in ["", "# nothing\n", "---\n"] {
            #expect(try ConfigDocument.parse(text, name: "test").keys.isEmpty)
        }
    }

    @Test func overridesWithoutValue() {
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.overrides(["A", "1", "B=2"]) }
        #expect(error?.hint == "write KEY VALUE with a space, not KEY=VALUE: B 2")
        #expect(throws: ConfigError.self) { try ConfigDocument.overrides(["--resume", "A"]) }
    }

    @Test(arguments: [
        ("", ConfigValue.text("")), ("[a, b]", .list([.text("a"), .text("b")])), ("out: x", .text("out: x")),
        ("/a b/c", .text("/a b/c")), ("('x',)", .list([.text("x")])), ("null", .null),
    ])
    func overrideValues(text: String, expected: ConfigValue) throws {
        #expect(try ConfigDocument.overrides(["K", text])["K"]?.value == expected)
    }
}
