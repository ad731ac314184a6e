import Checkpoints
import ConfigFiles
import Configurations
import Engine
import Foundation
import Kernels

/// What scores were made with, for `run` in results.json.
struct EvaluationRecord {
    /// What was scored, and how: names with JSON values.
    private let members: [(name: String, value: String)]
    /// What was scored, for a person.
    let origin: [(name: String, value: String)]
    /// Every key of the configuration but the name of the output folder, with values in JSON.
    let configuration: [(name: String, value: String)]

    /// Scores of the weights in the file at `path`.
    init(_ run: RunConfiguration, weights path: String, augments: Bool) {
        let digest = SHA256.digest(of: path)
        let weights = jsonObject([("path", path.jsonQuoted), ("sha256", digest?.jsonQuoted ?? "null")])
        members = [("weights", weights)] + Self.inference(run, augments: augments)
        origin = [("weights", path), ("SHA-256", digest ?? "unknown")]
        configuration = Self.settings(run)
    }

    /// Scores of the weights that a training has after so many iterations, and has saved at `path` if at all.
    init(_ run: RunConfiguration, iterations: Int, saved path: String?) {
        let file = path.map { ($0 as NSString).lastPathComponent.jsonQuoted } ?? "null"
        let digest = path.flatMap { SHA256.digest(of: $0) }?.jsonQuoted ?? "null"
        let weights = jsonObject([("iterations", "\(iterations)"), ("path", file), ("sha256", digest)])
        members = [("weights", weights)] + Self.inference(run, augments: false)
        origin = [("iterations", "\(iterations)")]
        configuration = Self.settings(run)
    }

    /// Scores of predictions in files.
    init(_ run: RunConfiguration?, predictions folder: String, format: String) {
        let predictions = jsonObject([("path", folder.jsonQuoted), ("format", format.jsonQuoted)])
        configuration = run.map(Self.settings) ?? []
        members = [("predictions", predictions)] + (run == nil ? [] : [("configuration", jsonObject(configuration))])
        origin = [("predictions", folder), ("format", format)]
    }

    /// The JSON object.
    var json: String { jsonObject(members + [("versions", Self.versions)]) }

    private static func inference(_ run: RunConfiguration, augments: Bool) -> [(name: String, value: String)] {
        let (augmentation, slide) = (run.test.inference.augmentation, run.test.inference.slide)
        let views: [(name: String, value: String)] = [
            ("min_sizes", "\(augmentation.minSizes)"), ("max_size", "\(augmentation.maxSize)"),
            ("flip", "\(augmentation.flips)"), ("ratios", "\(augmentation.ratios)"),
        ]
        let windows: [(name: String, value: String)] = [("window", "\(slide.window)"), ("stride", "\(slide.stride)")]
        return [
            ("augmentation", augments && augmentation.isEnabled ? jsonObject(views) : "null"),
            ("slide", slide.isEnabled ? jsonObject(windows) : "null"), ("configuration", jsonObject(settings(run))),
        ]
    }

    /// Every key but the name of the output folder.
    private static func settings(_ run: RunConfiguration) -> [(name: String, value: String)] {
        run.settings.filter { $0.key != "OUTPUT_DIR" }.map { ($0.key, $0.value.json) }
    }

    /// Computed once: nothing of it changes.
    private static let versions: String = {
        let program = SHA256.digest(of: "/proc/self/exe").map { "sha256:\($0)" } ?? "unknown"
        let library = (try? OpenBLAS.shared.get())?.library
        return jsonObject([
            ("release", Release.version.jsonQuoted), ("pem", program.jsonQuoted),
            ("kernels", "\(InstructionSet.chosen)".jsonQuoted),
            ("openblas", (library?.build ?? "unknown").jsonQuoted),
            ("openblas_kernels", (library?.family ?? "unknown").jsonQuoted),
        ])
    }()
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
