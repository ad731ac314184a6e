/// A leaf of a configuration: what YAML and Python literals can say there. Tuples and lists are one.
package enum ConfigValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case real(Double)
    case text(String)
    case list([ConfigValue])

    var isText: Bool { if case .text = self { true } else { false } }

    /// The kind in words, for messages: "a whole number", "a list".
    package var kindName: String {
        switch self {
        case .null: "None"
        case .boolean: "True or False"
        case .integer: "a whole number"
        case .real: "a number"
        case .text: "a text"
        case .list: "a list"
        }
    }
}

extension ConfigValue: CustomStringConvertible {
    /// The value as YAML that reads back to the same value.
    package var description: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .real(let value): Self.yaml(value)
        case .text(let value): Self.quoted(PythonLiteral.parse(value) == nil ? value : Self.quoted(value))
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }

    private static func yaml(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        return value.description
    }

    /// A double-quoted string with the escapes that YAML and Python share.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension ConfigValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .real(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(arrayLiteral elements: ConfigValue...) { self = .list(elements) }
}
