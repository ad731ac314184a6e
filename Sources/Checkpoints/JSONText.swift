import Foundation

/// A JSON object, a member a line in this order; values are JSON, and the lines of those that have several are
/// indented.
package func jsonObject(_ members: [(name: String, value: String)]) -> String {
    let lines = members.map { member in
        "  \(member.name.jsonQuoted): " + member.value.split(separator: "\n").joined(separator: "\n  ")
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
}

extension String {
    /// The text as JSON has it, in quotes.
    package var jsonQuoted: String {
        let escaped = unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20: String(format: "\\u%04x", scalar.value)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
