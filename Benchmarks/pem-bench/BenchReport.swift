import Engine
import Foundation
import Profiling

/// Markdown that is printed line by line and kept.
final class BenchReport {
    private let console = Console()
    private(set) var text = ""

    func line(_ line: String = "") {
        console.line(line)
        text += line + "\n"
    }

    func section(_ title: String, _ explanation: String, columns: [String]) {
        line()
        line("## " + title)
        line(explanation)
        line()
        row(columns)
        row(columns.map { _ in "---" })
    }

    func row(_ cells: [String]) { line("| " + cells.joined(separator: " | ") + " |") }
}

extension TimedRuns {
    /// Best seconds, SGEMM's rate, and the ratio to T: the columns that every table has.
    static let columns = ["seconds", "median", "SGEMM GFLOP/s", "ratio to T"]

    func cells(multiplyAdds: Double) -> [String] {
        [
            String(format: "%#.4g", seconds), String(format: "%#.4g", median), String(format: "%.0f", gigaflops),
            String(format: "%.2f", ratio(multiplyAdds: multiplyAdds)),
        ]
    }

    var memoryCell: String { String(format: "%.3f GB", Double(peakBytes) / 1e9) }
}
