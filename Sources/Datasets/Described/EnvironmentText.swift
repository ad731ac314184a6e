import Foundation

/// `${NAME}` and `${NAME:-otherwise}` in texts of description files.
enum EnvironmentText {
    /// The first variable that `text` mentions.
    static func firstName(in text: String) -> String? {
        guard let start = text.range(of: "${") else { return nil }
        let name = text[start.upperBound...].prefix { $0 != "}" && $0 != ":" }
        return name.isEmpty ? nil : String(name)
    }

    /// `text` with its variables filled in. Throws `DatasetError` for a variable that is not set and has no
    /// default.
    static func expanded(
        _ text: String, environment: [String: String], path: String, key: String
    ) throws -> String {
        var expanded = ""
        var rest = Substring(text)
        while let start = rest.range(of: "${") {
            expanded += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw DatasetError(
                    path, [.other("key \(key)", "\"${\" without \"}\" in \(text)")], advice: "write ${NAME}")
            }
            let body = rest[start.upperBound..<end]
            let split = body.range(of: ":-")
            let name = String(body[..<(split?.lowerBound ?? body.endIndex)])
            if let value = environment[name], !value.isEmpty {
                expanded += value
            } else if let split {
                expanded += body[split.upperBound...]
            } else {
                throw DatasetError(
                    path, [.other("key \(key)", "the environment variable \(name) is not set")],
                    advice: "set \(name) to the folder that holds the data set, or give the root another way")
            }
            rest = rest[rest.index(after: end)...]
        }
        return expanded + rest
    }
}
