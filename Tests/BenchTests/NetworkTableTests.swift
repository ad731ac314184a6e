import Foundation
import Testing
import pem_bench

/// The table of the papers' networks: what is finished is kept, and the form of its rows.
@Suite struct NetworkTableTests {
    private static let entries = [
        TableEntry("a", "Network A", "a.cfg"), TableEntry("b", "Network B", "b.cfg", seed: 2),
        TableEntry("c", "Network C", "c.cfg"),
    ]

    private static func result(_ configuration: String, seconds: Double = 0.5) -> TableResult {
        TableResult(
            configuration: configuration, iterations: 200, seed: 1, meanIoU: 12.34, panopticQuality: nil,
            parameters: 35_512_345, macs: 240_460_000_000, seconds: seconds, ratio: 0.876)
    }

    /// What ran, by the entries' names; `stops` ends its entry as a signal does.
    private func run(_ folder: String, stops: String = "", other: String = "") throws -> (ran: [String], done: Int?) {
        var ran: [String] = []
        let works = Self.entries.map { entry in
            let identity = entry.name == other ? "another" : entry.name
            return NetworkTable.Work(entry, identity: identity) {
                ran.append(entry.name)
                return entry.name == stops ? nil : Self.result(identity)
            }
        }
        let results = try NetworkTable(folder: folder) { _ in }.results(works)
        if let results { #expect(results.map(\.entry.name) == ["a", "b", "c"]) }
        return (ran, results?.count)
    }

    @Test func whatIsFinishedIsNotDoneAgain() throws {
        let folder = NSTemporaryDirectory() + "table-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try run(folder, stops: "b")
        #expect(first.ran == ["a", "b"] && first.done == nil)
        let second = try run(folder)
        #expect(second.ran == ["b", "c"] && second.done == 3)
        let third = try run(folder)
        #expect(third.ran.isEmpty && third.done == 3)

        // Another configuration under the same name.
        let error = try #require(throws: TableResult.Failure.self) { try run(folder, other: "c") }
        #expect(error.description.hasPrefix("\(folder)/c: trained with another configuration (200 iterations)"))
        try "{}".write(toFile: folder + "/a/table.json", atomically: true, encoding: .utf8)
        #expect(throws: TableResult.Failure.self) { try run(folder) }
    }

    /// Seed, length and settings make another run.
    @Test func runsAreToldApart() throws {
        let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Configs"
        func identity(_ name: String, iterations: Int? = nil) throws -> String {
            let entry = try #require(TableEntry.all.first { $0.name == name })
            return try TableRun(entry, folder: "t", iterations: iterations, configs: configs).identity
        }
        let usual = try identity("pem_r50")
        #expect(try usual == identity("pem_r50", iterations: 200))
        let others = try [
            identity("pem_r50", iterations: 100), identity("pem_r50_seed2"), identity("pem_r50_two_layers"),
        ]
        #expect(Set(others + [usual]).count == 4)
    }

    @Test func aRowHasEveryColumn() {
        let row = NetworkTable.row(Self.entries[1], Self.result("b"))
        #expect(row == ["Network B", "35.51", "240.5", "2.000", "0.88", "200", "1", "12.3", ""])
        #expect(row.count == NetworkTable.columns.count)
    }

    @Test func namesAreFolders() {
        let names = TableEntry.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
        // The spread of one network.
        #expect(TableEntry.all.count { $0.title.hasPrefix("PEM, R50, another seed") } == 1)
    }
}
