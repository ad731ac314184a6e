import Foundation

/// `results.json`: the scores of each task by detectron2's names, `{"sem_seg": {"mIoU": 61.2, ...}}`, in
/// order. A score that is not a number, of a class without pixels, is null: JSON has no NaN.
package struct ResultsFile: Sendable {
    private let tasks: [(name: String, entries: [(name: String, value: Double)])]

    /// Tasks by detectron2's names (`sem_seg`) with their scores.
    package init(_ tasks: [(name: String, entries: [(name: String, value: Double)])]) {
        self.tasks = tasks
    }

    /// The scores of semantic segmentation.
    package init(semantic result: SemanticResult) {
        self.init([(name: "sem_seg", entries: result.entries)])
    }

    /// The file's text.
    package var json: String {
        let objects = tasks.map { task in
            let lines = task.entries.map {
                "    \(Self.quoted($0.name)): \($0.value.isFinite ? "\($0.value)" : "null")"
            }
            return "  \(Self.quoted(task.name)): {\n" + lines.joined(separator: ",\n") + "\n  }"
        }
        return "{\n" + objects.joined(separator: ",\n") + "\n}\n"
    }

    /// Writes aside and renames. Throws `MetricsError`.
    package func write(to path: String) throws {
        let aside = "\(path).partial-\(getpid())"
        do {
            try Data(json.utf8).write(to: URL(fileURLWithPath: aside))
        } catch {
            unlink(aside)
            throw Self.unwritable(path, error.localizedDescription)
        }
        guard rename(aside, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(aside)
            throw Self.unwritable(path, reason)
        }
    }

    private static func unwritable(_ path: String, _ reason: String) -> MetricsError {
        MetricsError(
            place: path, what: "cannot be written", expected: "a folder with room", got: "\"\(reason)\"",
            advice: "check that the folder exists, may be written to and is not full")
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
