import Checkpoints
import ConfigFiles
import Configurations
import Foundation
import Kernels

/// What scores were made with, for `run` in results.json.
struct EvaluationRecord {
    /// What was scored, and how: names with JSON values.
    private var members: [(name: String, value: String)]

    /// Scores of the weights in the file at `path`.
    init(_ run: RunConfiguration, weights path: String, augments: Bool) {
        let weights = Self.object([("path", path.jsonQuoted), ("sha256", Self.digest(of: path))])
        members = [("weights", weights)] + Self.inference(run, augments: augments)
    }

    /// Scores of the weights that a training has after so many iterations, and has saved at `path` if at all.
    init(_ run: RunConfiguration, iterations: Int, saved path: String?) {
        let file = path.map { ($0 as NSString).lastPathComponent.jsonQuoted } ?? "null"
        let digest = path.map { Self.digest(of: $0) } ?? "null"
        let weights = Self.object([("iterations", "\(iterations)"), ("path", file), ("sha256", digest)])
        members = [("weights", weights)] + Self.inference(run, augments: false)
    }

    /// Scores of predictions in files.
    init(_ run: RunConfiguration?, predictions folder: String, format: String) {
        let predictions = Self.object([("path", folder.jsonQuoted), ("format", format.jsonQuoted)])
        members = [("predictions", predictions)] + (run.map { [("configuration", Self.settings($0))] } ?? [])
    }

    /// The object, its lines after the first indented by 2.
    var json: String {
        Self.object(members + [("versions", Self.versions)]).split(separator: "\n").joined(separator: "\n  ")
    }

    private static func digest(of path: String) -> String { SHA256.digest(of: path)?.jsonQuoted ?? "null" }

    private static func inference(_ run: RunConfiguration, augments: Bool) -> [(name: String, value: String)] {
        let (augmentation, slide) = (run.test.inference.augmentation, run.test.inference.slide)
        let views: [(name: String, value: String)] = [
            ("min_sizes", "\(augmentation.minSizes)"), ("max_size", "\(augmentation.maxSize)"),
            ("flip", "\(augmentation.flips)"),
        ]
        let windows: [(name: String, value: String)] = [("window", "\(slide.window)"), ("stride", "\(slide.stride)")]
        return [
            ("augmentation", augments && augmentation.isEnabled ? object(views) : "null"),
            ("slide", slide.isEnabled ? object(windows) : "null"), ("configuration", settings(run)),
        ]
    }

    /// Every key but the name of the output folder.
    private static func settings(_ run: RunConfiguration) -> String {
        object(run.settings.filter { $0.key != "OUTPUT_DIR" }.map { ($0.key, $0.value.json) })
    }

    /// Computed once: nothing of it changes.
    private static let versions: String = {
        let program = SHA256.digest(of: "/proc/self/exe").map { "sha256:\($0)" } ?? "unknown"
        let library = (try? OpenBLAS.shared.get())?.library
        return object([
            ("pem", program.jsonQuoted), ("kernels", "\(InstructionSet.chosen)".jsonQuoted),
            ("openblas", (library?.build ?? "unknown").jsonQuoted),
            ("openblas_kernels", (library?.family ?? "unknown").jsonQuoted),
        ])
    }()

    /// A member a line; the lines of a value that has several are indented.
    private static func object(_ members: [(name: String, value: String)]) -> String {
        let lines = members.map { member in
            "  \(member.name.jsonQuoted): " + member.value.split(separator: "\n").joined(separator: "\n  ")
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}"
    }
}

extension ConfigValue {
    /// As JSON; a number that it lacks is a text.
    fileprivate var json: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .real(let value): value.isFinite ? "\(value)" : "\(value)".jsonQuoted
        case .text(let value): value.jsonQuoted
        case .list(let values): "[" + values.map(\.json).joined(separator: ", ") + "]"
        }
    }
}
