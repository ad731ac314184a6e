import Foundation

extension TableReport {
    /// The report as Markdown; `plot` is the address of its plot, where there is one.
    package func markdown(plot: String? = nil) -> String {
        let heading = ["# Networks beside each other", "Written by `pem-bench --table`.", ""]
        let parts =
            [heading + protocolLines, networkLines] + sizes.map(lines) + [plot.map { ["![plot](\($0))"] } ?? []]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    /// How everything was measured.
    var protocolLines: [String] {
        let stopped =
            setting.rounds == setting.plannedRounds
            ? "" : " of \(setting.plannedRounds), the others stopped by a signal"
        let lines =
            setting.machine.lines + ["\(setting.compiler), release build", "\(setting.threads) threads"] + [
                "rounds: \(setting.rounds)\(stopped); in each the rows take turns at every size; a turn is a process "
                    + "of its own that builds the network, runs it once to warm up and \(setting.runsPerRound) times "
                    + "for the figures: \(setting.rounds * setting.runsPerRound) runs of a row",
                "timed: one image of random pixels in memory, at the size of the table, to the class of each of its "
                    + "pixels; normalising, padding, windows where there are any, upsampling of the logits and arg max "
                    + "are in it, reading, resizing and writing of pictures are not",
                "GMAC: multiply-adds of that inference, in 10⁹: convolutions, linear layers, matrix products and the "
                    + "mixing of class maps, of all windows, with as many classes as the row says",
                "T: the time of SGEMM (2048×2048×2048, before and after every run, on as many threads, at its best) "
                    + "for these multiply-adds; seconds are the best of the runs, the ratio is seconds / T",
                "parameters: of the network that is trained; heads that inference does not run, as PIDNet's two, count",
                "a row of windows is in the tables of sizes that need more than one window",
                "images/s: 1 / median; 95 %: the 95th percentile of the runs",
                "peak memory: the largest resident size of that process in the timed runs, weights included; 50 MB of "
                    + "it are SGEMM's matrices",
                "mIoU and PQ, in percent: of the row's weights on all images of its DATASETS.TEST, resized and cut "
                    + "into windows as the row's INPUT and TEST keys say whatever the size of the table, without "
                    + "TEST.AUG; all rows by detectron2's rule (TEST.MEAN_IOU): a class that is in no label is left "
                    + "out of the mean (others count it as 0)",
            ]
        return lines.map { "- " + $0 }
    }

    private var networkLines: [String] {
        let rows = networks.map { network -> [String] in
            [
                network.title, network.network, "\(network.classes)", Self.millions(network.parameters),
                network.testKeys.joined(separator: ", "), network.weights.map { "`\($0)`" } ?? "initial",
                scored(network),
            ]
        }
        let columns = ["network", "what it is", "classes", "parameters, M", "test pictures", "weights", "scores"]
        return ["## Networks"] + (hasTrained ? [Self.trainedAlike, ""] : []) + Self.table(columns, rows)
    }

    private func scored(_ network: TableNetwork) -> String {
        if let reason = network.reason { return "none: " + reason }
        guard let scores = network.scores, let data = network.dataSets.first else { return "" }
        return "\(data), mean of \(scores.classes) classes"
    }

    private func lines(_ size: Size) -> [String] {
        let hasScores = networks.contains { $0.scores != nil }
        let columns =
            [
                "network", "classes", "parameters, M", "windows", "GMAC", "seconds", "SGEMM GFLOP/s", "ratio to T",
                "images/s", "median, s", "95 %, s", "peak memory",
            ] + (hasScores ? ["mIoU", "PQ"] : [])
        let rows = size.rows.map { row -> [String] in
            let (network, scores) = (network(row), network(row)?.scores)
            return [
                row.title, network.map { "\($0.classes)" } ?? "", network.map { Self.millions($0.parameters) } ?? "",
                row.windows == 1 ? "" : "\(row.windows)", String(format: "%.2f", Double(row.macs) / 1e9),
                String(format: "%#.4g", row.seconds), String(format: "%.0f", row.sgemmGflops),
                String(format: "%.2f", row.ratioToSgemm), String(format: "%#.3g", row.imagesPerSecond),
                String(format: "%#.4g", row.secondsMedian), String(format: "%#.4g", row.secondsPercentile95),
                String(format: "%.3f GB", Double(row.peakBytes) / 1e9),
            ] + (hasScores ? [Self.score(scores?.meanIoU), Self.score(scores?.panopticQuality)] : [])
        }
        return ["## One image of \(size.height)×\(size.width)"] + Self.table(columns, rows)
    }

    private static func millions(_ count: Int) -> String { String(format: "%.2f", Double(count) / 1e6) }
    private static func score(_ value: Double?) -> String { value.map { String(format: "%.1f", $0) } ?? "" }

    private static func table(_ columns: [String], _ rows: [[String]]) -> [String] {
        ([columns, columns.map { _ in "---" }] + rows).map { cells in
            "| " + cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ") + " |"
        }
    }

    /// What the scores of `TableEntry`'s networks can and cannot say.
    private static let trainedAlike = """
        The networks that `--entry` names were trained by `Configs/comparison/recipe.cfg` from random weights on 52
        synthetic street scenes of 256×512, and scored on 12 others; those that learn label maps alone have no PQ.

        **What it can say**: that every network learns in this program, and what each costs on this machine.

        **What it cannot say**: which network segments better. The papers train from ImageNet weights for 90,000
        iterations on 2,975 photographs, each network at a rate of its own; here one rate, PEM's, holds for all, a few
        pictures are seen a few times, and drop path and the like only hold back. A difference in PQ or mIoU that is not
        well above that of PEM with two seeds is chance; a larger one says who learns faster at this rate.
        """
}
