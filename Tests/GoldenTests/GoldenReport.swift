import Foundation
import Testing

/// The comparisons of one file: each an error beside what is allowed.
struct GoldenReport {
    private struct Row {
        let name: String
        let error: Double
        let allowed: Double
        var ratio: Double { error.isNaN ? .infinity : error / allowed }
    }

    let file: String
    private let margins: GoldenMargins
    private var rows: [Row] = []

    init(_ file: String, _ margins: GoldenMargins) { (self.file, self.margins) = (file, margins) }

    /// Notes a comparison; errors are compared later, so that a failing file shows all of them.
    mutating func note(_ name: String, error: Double, allowed: Double) {
        rows.append(Row(name: name, error: error, allowed: allowed))
    }

    /// Compares values elementwise by their largest absolute difference.
    mutating func compare(_ name: String, _ actual: [Float], _ expected: [Float], allowed: Double) {
        guard actual.count == expected.count else {
            Issue.record("\(file) \(name): \(actual.count) values, expected \(expected.count)")
            return
        }
        var worst = 0.0
        for (a, b) in zip(actual, expected) {
            let error = abs(Double(a) - Double(b))
            if !(error <= worst) { worst = error.isNaN ? .infinity : error }
        }
        note(name, error: worst, allowed: allowed)
    }

    /// Every tensor of the file must have been compared.
    func requireAll(_ tensors: [String]) {
        for tensor in tensors where !rows.contains(where: { $0.name.hasPrefix(tensor) }) {
            Issue.record("\(file) \(tensor): not compared with anything")
        }
    }

    /// One line for the file, and an issue for every comparison that failed.
    func conclude() {
        let worst = rows.max { $0.ratio < $1.ratio }
        let failed = rows.filter { $0.ratio > 1 }
        for row in failed {
            let near = margins.nearest(to: row.name).map { "; " + $0 } ?? ""
            Issue.record("\(file) \(row.name): error \(row.error), allowed \(row.allowed)\(near)")
        }
        guard let worst else { return }
        let verdict = failed.isEmpty ? "passed" : "FAILED (\(failed.count))"
        let detail = "worst \(worst.name): \(format(worst.error)) of \(format(worst.allowed)) allowed"
        print("golden \(file): \(verdict), \(rows.count) comparisons, \(detail)")
        if ProcessInfo.processInfo.environment["PEM_GOLDEN_REPORT"] == "2" {
            for row in rows { print("  \(row.name): \(format(row.error)) of \(format(row.allowed))") }
        }
    }

    private func format(_ value: Double) -> String { String(format: "%.2e", value) }
}
