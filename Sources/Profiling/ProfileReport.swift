import Foundation

/// What a profile measured; as JSON its keys are in snake case.
package struct ProfileReport: Codable, Sendable {
    /// A stage of a run with its time.
    package struct Stage: Codable, Sendable {
        /// Such as `backbone` or `backward`.
        package let name: String
        /// Whether its time is in that of the stage `forward` too.
        package let isPartOfForward: Bool
        /// In the best run.
        package internal(set) var seconds: Double
    }

    /// A module of the network.
    package struct Module: Codable, Sendable {
        /// Official name.
        package let name: String
        /// Learned values, buffers left out.
        package let parameters: Int
        /// Multiply-adds for one image.
        package let macs: Int
        /// The same by the counting of the papers.
        package let published: Int
        /// Its forward time in the best run, for the whole batch, without modules within it.
        package let seconds: Double
    }

    /// The configuration's file.
    package let config: String
    /// `inference` or `training`.
    package let work: String
    /// Rows of the image.
    package let height: Int
    /// Columns of the image.
    package let width: Int
    /// Images of a run.
    package let batch: Int
    /// Worker threads.
    package let threads: Int
    /// Timed runs.
    package let runs: Int
    /// What it ran on.
    package let machine: Machine
    /// Best rate of SGEMM beside the runs.
    package let sgemmGflops: Double
    /// Multiply-adds of a forward pass for one image, in inference those of mixing class maps included.
    package let macs: Int
    /// The same by the counting of the family's papers.
    package let published: Int
    /// Learned values of the network.
    package let parameters: Int
    /// Best time of a run.
    package let seconds: Double
    /// Median time of a run.
    package let secondsMedian: Double
    /// T, the time of SGEMM for the multiply-adds of a run (training: three forward passes).
    package let secondsSgemm: Double
    /// `seconds` / T.
    package let ratioToSgemm: Double
    /// Largest resident size during the runs.
    package let peakBytes: Int
    /// The stages of a run in order.
    package let stages: [Stage]
    /// The modules of the network in order.
    package let modules: [Module]

    /// The report as JSON. Throws where a figure is not finite.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// The report for a person: how it was measured, stages, modules, sums.
    package var lines: [String] {
        let passes = work == "training" ? "3 × forward" : "forward"
        let images = batch == 1 ? "one image" : "a batch of \(batch)"
        let protocolLines =
            [
                "\(config): \(work), \(images) of \(height)×\(width) random pixels, \(threads) threads",
                "one run to warm up, then \(runs); SGEMM 2048×2048×2048 before and after each;",
                "stages and modules are those of the best run; multiply-adds (MAC) are those of one image, published",
                "ones those that the papers of the network count (resizing and sampling too, some norms);",
                "T is the time of SGEMM at its best for the multiply-adds of a run (\(passes))",
            ] + machine.lines + [""]
        let header = Self.columns("", ["parameters", "MAC", "published", "seconds", "share"])
        let stageLines = stages.map { row(($0.isPartOfForward ? "  " : "") + $0.name, nil, $0.seconds) }
        let moduleLines = modules.map { row($0.name, ($0.parameters, $0.macs, $0.published), $0.seconds) }
        let total = row("total", (parameters, macs, published), seconds)
        return protocolLines + [header] + stageLines + [""] + moduleLines + ["", total] + summary
    }

    private var summary: [String] {
        let rate = String(format: "SGEMM %.1f GFLOP/s, T %.4f s", sgemmGflops, secondsSgemm)
        let times = String(format: "best %.4f s = %.2f T, median %.4f s", seconds, ratioToSgemm, secondsMedian)
        return [times, rate + String(format: ", peak memory %.2f GB", Double(peakBytes) / 1e9)]
    }

    private func row(_ name: String, _ work: (parameters: Int, macs: Int, published: Int)?, _ time: Double) -> String {
        func giga(_ count: Int) -> String { String(format: "%.3f G", Double(count) / 1e9) }
        let counts = work.map {
            [String(format: "%.3f M", Double($0.parameters) / 1e6), giga($0.macs), giga($0.published)]
        }
        let times = [String(format: "%.4f", time), String(format: "%.1f %%", 100 * (time / seconds))]
        return Self.columns(name, (counts ?? ["", "", ""]) + times)
    }

    private static func columns(_ name: String, _ rest: [String]) -> String {
        let padded = rest.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }
        return name.padding(toLength: max(60, name.count), withPad: " ", startingAt: 0) + padded.joined()
    }
}
