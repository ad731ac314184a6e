import Files
import Foundation

/// A results.json that was written before.
struct ResultsFile {
    /// Any JSON value.
    private enum Value: Decodable {
        case number(Double), null, text(String), boolean(Bool), list([Value]), object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let boolean = try? container.decode(Bool.self) {
                self = .boolean(boolean)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        /// On one line.
        var text: String {
            switch self {
            case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
            case .null: "null"
            case .text(let text): text
            case .boolean(let boolean): "\(boolean)"
            case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
            case .object(let members): "{" + members.keys.sorted().joined(separator: ", ") + "}"
            }
        }
    }

    let path: String
    /// The scores of each task, `sem_seg` or, of several data sets, `NAME/sem_seg`; NaN where there is none. In
    /// percent, also those that are fractions of 1 in the file.
    let tasks: [(name: String, scores: [(String, Double)])]
    /// What they were made with, by names such as `weights.path` and the keys of the configuration.
    let run: [String: String]

    /// A file, or the one in a folder. Throws `InputError`.
    init(_ place: String) throws {
        path = FileSystem.isFolder(place) ? place + "/" + EvaluationReport.fileName : place
        var members = try ScoringFiles.json([String: Value].self, path)
        run = Self.flat(members.removeValue(forKey: "run") ?? .null, "")
        let text = FileManager.default.contents(atPath: path) ?? Data()
        tasks = Self.tasks(members, below: "", Self.places(of: Array(text)))
    }

    private static func tasks(
        _ members: [String: Value], below prefix: String, _ places: [String: Int]
    ) -> [(name: String, scores: [(String, Double)])] {
        func sorted(_ members: [String: Value]) -> [(key: String, value: Value)] {
            members.sorted { (places[$0.key] ?? .max, $0.key) < (places[$1.key] ?? .max, $1.key) }
        }
        return sorted(members).flatMap { name, value -> [(name: String, scores: [(String, Double)])] in
            guard case .object(let members) = value else { return [] }
            let isDataSet = members.values.contains { if case .object = $0 { true } else { false } }
            if isDataSet { return tasks(members, below: prefix + name + "/", places) }
            let scale = name.hasPrefix("cityscapes") ? 100.0 : 1
            let scores = sorted(members).map { name, value in
                if case .number(let number) = value { (name, scale * number) } else { (name, Double.nan) }
            }
            return [(prefix + name, scores)]
        }
    }

    /// Where keys first stand in a JSON text: decoders do not tell their order.
    private static func places(of text: [UInt8]) -> [String: Int] {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var (places, index) = ([String: Int](), 0)
        while let start = text[index...].firstIndex(of: quote) {
            var end = start + 1
            while end < text.count, text[end] != quote { end += text[end] == backslash ? 2 : 1 }
            index = min(end + 1, text.count)
            guard text[index...].first(where: { $0 > 0x20 }) == UInt8(ascii: ":"),
                let key = try? JSONDecoder().decode(String.self, from: Data(text[start..<index]))
            else { continue }
            if places[key] == nil { places[key] = start }
        }
        return places
    }

    /// The values below a JSON value, by their keys; those of the configuration, which have dots already, as they are.
    private static func flat(_ value: Value, _ name: String) -> [String: String] {
        guard case .object(let members) = value else { return [name: value.text] }
        return members.reduce(into: [:]) { all, member in
            let prefix = name.isEmpty || name == "configuration" ? "" : name + "."
            all.merge(flat(member.value, prefix + member.key)) { first, _ in first }
        }
    }

    /// The scores of a task; none where it is not there.
    subscript(task: String) -> [(String, Double)] { tasks.first { $0.name == task }?.scores ?? [] }
}
