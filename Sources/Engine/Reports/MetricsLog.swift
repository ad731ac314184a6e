import Checkpoints
import Foundation

/// `metrics.jsonl`: one JSON object a step (`iteration` counted from 0, as detectron2 does), and one an
/// evaluation.
///
/// Lines stand in the order of the iterations; resuming drops those that the checkpoint does not know of.
package final class MetricsLog: TrainingObserver {
    private static let loss = "total_loss"

    private let path: String
    private let descriptor: Int32

    /// Opens the log of an output folder and keeps what belongs to the first `completedSteps` steps.
    /// Throws `EngineError.unwritable`.
    package init(folder: String, keepingSteps completedSteps: Int) throws {
        path = (folder as NSString).appendingPathComponent("metrics.jsonl")
        KillPoint.before("open", path)
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw EngineError.unwritable(path: path, reason: Self.reason) }
        let content = Array(FileManager.default.contents(atPath: path) ?? Data())
        KillPoint.before("cut", path)
        guard ftruncate(descriptor, off_t(Self.length(of: content, steps: completedSteps))) == 0 else {
            throw EngineError.unwritable(path: path, reason: Self.reason)
        }
    }

    deinit { close(descriptor) }

    /// Whether an evaluation after `step` is on record, of whatever task or data set: its line has no loss.
    package func hasEvaluation(step: Int) -> Bool {
        let content = FileManager.default.contents(atPath: path) ?? Data()
        return content.split(separator: UInt8(ascii: "\n")).reversed().contains { line in
            Self.iteration(line) == step && !String(decoding: line, as: UTF8.self).contains("\"\(Self.loss)\": ")
        }
    }

    /// Appends the line of an event. Throws `EngineError` where it cannot be written.
    package func receive(_ event: TrainingEvent) throws {
        switch event {
        case .step(let report):
            let speed = Double(report.images) / max(report.seconds, 1e-9)
            try append(
                step: report.step,
                [(Self.loss, report.totalLoss.description)]
                    + report.terms.map { ($0.name, $0.value.description) }
                    + [
                        ("lr", report.learningRate.description),
                        ("gradient_norm", report.gradientNorm.description),
                        ("time", Self.rounded(report.seconds)),
                        ("data_time", Self.rounded(report.dataSeconds)),
                        ("images_per_second", Self.rounded(speed)),
                        ("memory_mb", String(ProcessMemory.peakBytes >> 20)),
                    ])
        case .evaluated(let step, let summary, _):
            try append(
                step: step,
                [("evaluation", "true")]
                    + summary.metrics.map { ($0.name, $0.value.isFinite ? $0.value.description : "null") })
        case .evaluating, .saved, .note: break
        }
    }

    private func append(step: Int, _ fields: [(name: String, value: String)]) throws {
        let members = [("iteration", String(step))] + fields
        let line = "{" + members.map { "\($0.0.jsonQuoted): \($0.1)" }.joined(separator: ", ") + "}\n"
        let before = lseek(descriptor, 0, SEEK_END)
        let bytes = Array(line.utf8)
        KillPoint.before("append to", path)
        guard bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
            let reason = Self.reason
            // Half a line is worse than none.
            ftruncate(descriptor, before)
            throw EngineError.unwritable(path: path, reason: reason)
        }
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

    private static func rounded(_ value: Double) -> String { String(format: "%.4f", value) }

    private static var reason: String { errno == 0 ? "disk full" : String(cString: strerror(errno)) }
}
