import Checkpoints
import Foundation

/// What a diagnosis found of one thing.
struct Fact: Sendable, Equatable {
    /// What was found; units are those of the lines.
    enum Value: Sendable, Equatable {
        case text(String)
        case list([String])
        case count(Int)
        case bytes(Int)
        /// GFLOP/s.
        case rate(Double)
    }

    /// In words; in JSON with `_` between them.
    let name: String
    let value: Value
    /// What a person should know of it.
    let note: String?

    init(_ name: String, _ value: Value, note: String? = nil) {
        (self.name, self.value, self.note) = (name, value, note)
    }

    /// For a person.
    var text: String {
        let text =
            switch value {
            case .text(let text): text
            case .list(let words): words.isEmpty ? "none" : words.joined(separator: " ")
            case .count(let count): "\(count)"
            case .bytes(let bytes): Self.gigabytes(bytes)
            case .rate(let rate): String(format: "%.0f GFLOP/s", rate)
            }
        return text + (note.map { " (\($0))" } ?? "")
    }

    /// The member of a JSON object: bytes and GFLOP/s are numbers.
    var member: (name: String, value: String) {
        let json =
            switch value {
            case .text(let text): text.jsonQuoted
            case .list(let words): "[" + words.map(\.jsonQuoted).joined(separator: ", ") + "]"
            case .count(let number), .bytes(let number): "\(number)"
            case .rate(let rate): rate.isFinite ? String(format: "%.1f", rate) : "null"
            }
        let unit = if case .bytes = value { "_bytes" } else if case .rate = value { "_gflops" } else { "" }
        return (name.lowercased().replacingOccurrences(of: " ", with: "_") + unit, json)
    }

    static func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
}
