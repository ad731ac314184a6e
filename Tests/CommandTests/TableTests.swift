import Foundation
import TestSupport
import Testing

/// `pem-bench --table` on small networks and pictures.
@Suite(.serialized) struct TableTests {
    private let project: TinyProject
    private let weights: String

    init() throws {
        project = try TinyProject()
        weights = project.file("run/model_final.safetensors")
        try """
        _BASE_: tiny.cfg
        TEST: {SLIDE: {ENABLED: True, WINDOW: [64, 64], STRIDE: [48, 48]}}
        """.write(toFile: project.file("windows.cfg"), atomically: true, encoding: .utf8)
    }

    private func table(_ more: [String]) -> [String] {
        ["--table", "--folder", project.file("table"), "--runs", "1"] + more
    }

    /// Configurations with and without weights, at two sizes; what was scored is not scored again.
    @Test func networksAreMeasuredAndScored() throws {
        #expect(try project.train("run").status == 0)
        let files = ["md", "json", "svg"].map { project.file("table." + $0) }
        let rows =
            ["\(project.file("tiny.cfg"))=\(weights)", project.file("swin.cfg")] + [
                "\(project.file("windows.cfg"))=\(weights)"
            ]
        let first = try Command.run(
            "pem-bench",
            table(rows) + [
                "--size", "64x128", "--size", "64x64", "--rounds", "2", "--output", files[0], "--json", files[1],
                "--plot", files[2],
            ])
        #expect(first.status == 0, "\(first.errors)")
        for file in files { #expect(FileManager.default.fileExists(atPath: file)) }
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: files[1])))
                as? [String: Any])
        let networks = try #require(report["networks"] as? [[String: Any]])
        let names = ["tiny", "swin", "windows, windows of 64×64", "windows, whole image"]
        #expect(networks.map { $0["title"] as? String } == names)
        // The same scores as pem-eval's: of the trained network, as a whole and through windows.
        let scores = networks.map { ($0["scores"] as? [String: Any])?["mean_iou"] as? Double }
        let trained = try #require(try project.scores("run")["sem_seg"]?["mIoU"] ?? nil)
        #expect(scores[0] == trained && scores[1] == nil && scores[2] != nil && scores[3] == trained)
        let sizes = try #require(report["sizes"] as? [[String: Any]]).compactMap { $0["rows"] as? [[String: Any]] }
        // One window is the whole image.
        #expect(sizes.map { $0.map { $0["title"] as? String } } == [names, [names[0], names[1], names[3]]])
        #expect(sizes[0].map { $0["windows"] as? Int } == [1, 1, 3, 1])
        let macs = sizes.map { $0.compactMap { $0["macs"] as? Int } }
        #expect(macs[0][2] == 3 * macs[1][2] && macs[0][3] == macs[0][0])
        for row in sizes.joined() {
            #expect((row["times"] as? [Double])?.count == 2 && row["peak_bytes"] as? Int ?? 0 > 1 << 24)
        }

        let second = try Command.run("pem-bench", table([rows[0], "--size", "64x64", "--rounds", "1"]))
        #expect(second.status == 0 && second.output.contains("tiny: scored before"))
        #expect(!second.output.contains("evaluating"))

        // Other labels have other scores.
        let labels = project.file("labels/val")
        let label = try #require(try FileManager.default.contentsOfDirectory(atPath: labels).min())
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: labels + "/" + label)
        let third = try Command.run("pem-bench", table([rows[0], "--size", "64x64", "--rounds", "1"]))
        #expect(third.status == 0 && third.output.contains("evaluating"), "\(third.errors)")
    }

    /// What cannot be written is told before anything is measured.
    @Test func outputsAreLookedAtFirst() throws {
        let row = project.file("tiny.cfg")
        let (file, other) = (project.file("same.md"), project.file("./same.md"))
        let twice = try Command.run("pem-bench", table([row, "--output", file, "--plot", other]))
        #expect(twice.status == 64 && twice.errors.hasPrefix("error: --output and --plot: "), "\(twice.errors)")
        let nowhere = try Command.run("pem-bench", table([row, "--plot", row + "/plot.svg"]))
        #expect(nowhere.status == 1 && nowhere.errors.hasPrefix("error: --plot: "), "\(nowhere.errors)")
        #expect(twice.output.isEmpty && nowhere.output.isEmpty)
    }

    /// What is wrong with the last row is told before anything is done for the first.
    @Test(arguments: ["missing.cfg", "tiny.cfg=missing.pth", "wrong.cfg", "tiny.cfg=tiny.json"])
    func badRowsAreNamed(row: String) throws {
        try "_BASE_: tiny.cfg\nMODEL: {MASK_FORMER: {NHEAD: 4}}\n".write(
            toFile: project.file("wrong.cfg"), atomically: true, encoding: .utf8)
        let parts = row.split(separator: "=").map { project.file(String($0)) }
        let result = try Command.run(
            "pem-bench", table([project.file("swin.cfg"), parts.joined(separator: "="), "--size", "64x64"]))
        #expect(result.status == 1 && result.errors.contains(parts[parts.count - 1]))
        #expect(!result.output.contains("round 1"))
    }

    /// Weights without pictures are measured all the same.
    @Test func missingDataIsTold() throws {
        #expect(try project.train("run").status == 0)
        try FileManager.default.removeItem(atPath: project.file("labels/val"))
        let result = try Command.run(
            "pem-bench", table(["\(project.file("tiny.cfg"))=\(weights)", "--size", "64x64", "--rounds", "1"]))
        #expect(result.status == 0 && result.output.contains("no scores: ") && result.output.contains("| none: "))
    }

    /// A signal in the first round leaves nothing, a later one the rounds before.
    @Test(arguments: [1, 2]) func aSignalEndsTheTable(round: Int) throws {
        let file = project.file("table.md")
        let result = try Command.run(
            "pem-bench", table([project.file("tiny.cfg"), "--size", "64x64", "--rounds", "3", "--output", file]),
            until: "round \(round) of 3", signal: SIGTERM)
        #expect(result.status == 128 + SIGTERM)
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        #expect(text?.contains("rounds: 1 of 3, the others stopped") == (round == 2 ? true : nil))
        #expect(result.output.contains("is lost") == (round == 1))
    }

    @Test(arguments: [
        ["tiny.cfg"], ["--table", "--size", "64"], ["--table", "--runs", "0"], ["--table", "--entry", "none"],
        ["--size", "64x64"], ["--table", "--quick"],
    ])
    func wrongUsage(arguments: [String]) throws {
        let result = try Command.run("pem-bench", arguments)
        #expect(result.status == 64 && result.errors.hasPrefix("error: "))
    }
}
