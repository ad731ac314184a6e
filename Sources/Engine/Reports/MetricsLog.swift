import Checkpoints
import Files
import Foundation

/// `metrics.jsonl`: one JSON object a step (`iteration` counted from 0, as detectron2 does), and one an
/// evaluation.
///
/// Lines stand in the order of the iterations; resuming drops those that the checkpoint does not know of. Lines that a
/// full disk does not take wait for the next one.
package final class MetricsLog: TrainingObserver {
    private static let fileName = "metrics.jsonl"
    private static let loss = "total_loss"

    private let file: PatientFile
    private var path: String { file.path }

    /// Opens the log of an output folder and keeps what belongs to the first `completedSteps` steps.
    /// Throws `FileError.unwritable`.
    package init(folder: String, keepingSteps completedSteps: Int) throws {
        file = try PatientFile((folder as NSString).appendingPathComponent(Self.fileName))
        let content = Array(FileManager.default.contents(atPath: file.path) ?? Data())
        try file.cut(to: Self.length(of: content, steps: completedSteps))
    }

    /// Throws `FileError.foreign` where a file that is no such log has its name in `folder`.
    package static func requireOurs(in folder: String) throws(FileError) {
        let path = (folder as NSString).appendingPathComponent(fileName)
        let content = FileManager.default.contents(atPath: path) ?? Data()
        if !content.isEmpty, iteration(content) == nil { throw .foreign(paths: [path]) }
    }

    /// Writes the lines that wait. Throws `FileError.unwritable`.
    package func finish() throws { try file.finish() }

    /// Whether an evaluation after `step` is on record, of whatever task or data set: its line has no loss.
    package func hasEvaluation(step: Int) -> Bool {
        let content = FileManager.default.contents(atPath: path) ?? Data()
        return content.split(separator: UInt8(ascii: "\n")).reversed().contains { line in
            Self.iteration(line) == step && !String(decoding: line, as: UTF8.self).contains("\"\(Self.loss)\": ")
        }
    }

    /// Appends the line of an event. Throws `FileError.unwritable`, but not for a full disk.
    package func receive(_ event: TrainingEvent) throws {
        switch event {
        case .step(let report):
            try append(step: report.step, (report.losses + report.measures).map { ($0.name, $0.text) })
        case .evaluated(let step, let summary, _):
            try append(
                step: step,
                [("evaluation", "true")]
                    + summary.metrics.map { ($0.name, $0.value.isFinite ? $0.value.description : "null") })
        case .saved: try file.append([])
        case .evaluating, .note: break
        }
    }

    private func append(step: Int, _ fields: [(name: String, value: String)]) throws {
        let members = [("iteration", String(step))] + fields
        let line = "{" + members.map { "\($0.0.jsonQuoted): \($0.1)" }.joined(separator: ", ") + "}\n"
        try file.append(line.utf8)
    }

    /// Bytes of the leading whole lines that belong to steps before `steps`.
    private static func length(of content: [UInt8], steps: Int) -> Int {
        var kept = 0
        while let end = content[kept...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let iteration = iteration(content[kept..<end]), iteration < steps else { break }
            kept = end + 1
        }
        return kept
    }

    private static func iteration(_ line: some Collection<UInt8>) -> Int? {
        let prefix = Array("{\"iteration\": ".utf8)
        guard line.starts(with: prefix) else { return nil }
        let digits = line.dropFirst(prefix.count).prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return Int(String(decoding: Array(digits), as: UTF8.self))
    }
}
