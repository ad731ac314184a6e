import Foundation
import Recipes

/// This program beside another build of it: the same works, in turns.
package struct BuildComparison {
    let other: String
    let pairs: Int
    let rounds: Int
    let threads: Int?

    /// Prints the ratios, of one work alone where `work` names it. Throws `BenchFailure`.
    func run(_ report: BenchReport, kernels: Bool, trains: Bool, only work: String?, configs: String) throws {
        let own = try ChildProgram.own()
        let theirs = ChildProgram(url: URL(fileURLWithPath: other).standardizedFileURL)
        guard FileManager.default.isExecutableFile(atPath: theirs.url.path) else {
            throw BenchFailure(description: "\(other): expected another build's pem-bench")
        }
        // A build without --work runs the whole table or nothing.
        let runsOneWork = try !kernels && theirs.output(["--help"]).contains("--work")
        guard work == nil || runsOneWork else {
            throw BenchFailure(description: "--work: expected targets, and another build whose pem-bench has --work")
        }
        let works =
            runsOneWork
            ? BenchModel.works(trains: trains, configs: configs).map(\.name).filter { work ?? $0 == $0 }
                .map { ["--work", $0] } : [[]]
        let common =
            [kernels ? "--kernels-only" : "--quick", "--rounds", "\(rounds)"]
            + (threads.map { ["--threads", "\($0)"] } ?? []) + (trains ? [] : ["--inference-only"])
        report.section(
            "This build against \(other)",
            "Medians of \(pairs) pairs and of their ratios (least to most); below 1 this build needs less.",
            columns: ["work", "seconds", "other's", "ratio", "peak memory, GB", "other's", "ratio"])
        for work in works {
            var results: [[[BenchFigures]]] = []
            for pair in 0..<pairs {
                var ours: [BenchFigures] = []
                func runOurs() throws {
                    ours = BenchFigures.parse(try own.output(common + work + ["--configs", configs]))
                }
                // Who goes first changes from pair to pair: a machine that slows down favours nobody.
                if pair % 2 == 0 { try runOurs() }
                let others = BenchFigures.parse(try theirs.output(common + work, in: checkout(of: theirs.url)))
                if pair % 2 == 1 { try runOurs() }
                results.append([ours, others])
            }
            for row in Self.rows(results) { report.row(row) }
        }
    }

    /// The table's rows from each pair's figures, ours before the other's: works that all have.
    package static func rows(_ pairs: [[[BenchFigures]]]) -> [[String]] {
        (pairs.first?.first ?? []).compactMap { work -> [String]? in
            let figures = pairs.map { $0.compactMap { table in table.first { $0.name == work.name } } }
            guard figures.allSatisfy({ $0.count == 2 }) else { return nil }
            func cells(_ value: (BenchFigures) -> Double?) -> [String] {
                let values = figures.map { $0.compactMap(value) }
                guard values.allSatisfy({ $0.count == 2 }) else { return ["", "", ""] }
                let ratios = values.map { $0[0] / $0[1] }
                let texts = [0, 1].map { side in String(format: "%#.4g", values.map { $0[side] }.median) }
                return texts + [
                    String(
                        format: "%.3f (%.3f to %.3f)", ratios.median, ratios.min() ?? .nan, ratios.max() ?? .nan)
                ]
            }
            return [work.name] + cells(\.seconds) + cells(\.gigabytes)
        }
    }

    /// The folder above a program that has Configs.
    private func checkout(of program: URL) -> URL? {
        var folder = program.deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.path + "/Configs") { return folder }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
