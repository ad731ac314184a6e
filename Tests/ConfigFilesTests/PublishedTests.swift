import Foundation
import Glibc
import Testing

/// PUBLISHED.md names files that are there, and what their first lines say.
@Suite struct PublishedTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let families = [
        "mask2former", "maskformer", "per_pixel", "segformer", "emca", "pem", "pem/ablations", "pidnet", "swiftformer",
    ]

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: Self.root + "/" + path, encoding: .utf8)
    }

    /// Files of Configs/ by their names there.
    private func files() throws -> [String] {
        try Self.families.flatMap { family in
            try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/Configs/\(family)")
                .filter { $0.hasSuffix(".cfg") }.map { "\(family)/\($0)" }
        }
    }

    @Test func everyConfigurationIsThereAndNamed() throws {
        let names = try text("PUBLISHED.md").matches(of: #/`([^` ]+\.cfg)`/#).map { String($0.1) }
        let files = try files()
        func fits(_ file: String, _ name: String) -> Bool { fnmatch(name, file, FNM_PATHNAME) == 0 }
        for name in names { #expect(files.contains { fits($0, name) }, "no file \(name)") }
        for file in files { #expect(names.contains { fits(file, $0) }, "\(file) is not named") }
    }

    @Test func scoresAreThoseOfTheConfigurations() throws {
        let scored = #/^\| `((?:mask2former|maskformer|per_pixel|segformer|pem|pidnet)/\w+\.cfg)` \|/#
        let report = #/reports? (.*) on the (?:validation|test) set/#
        let rows = try text("PUBLISHED.md").split(separator: "\n").compactMap { line in
            line.firstMatch(of: scored).map { (String($0.1), line) }
        }
        #expect(rows.count == 47 + 30 + 12 + 8 + 3)
        for (name, row) in rows {
            let comment = try text("Configs/" + name).split(separator: "\n").prefix { $0.hasPrefix("#") }
                .map { $0.dropFirst(2) }.joined(separator: " ")
            let told = try #require(comment.firstMatch(of: report), "\(name)").1
            let scores = told.matches(of: #/[0-9]+\.[0-9]/#).map(\.0)
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(!scores.isEmpty && scores.allSatisfy { cells.contains(String($0)) }, "\(row)")
        }
    }
}
