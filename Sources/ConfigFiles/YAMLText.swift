import Foundation
import Yams

/// YAML text turned into a `ConfigDocument`, within bounds that configurations stay far below.
struct YAMLText {
    private static let largest = 256 * 1024
    private static let longestLine = 4096
    private static let mostAliases = 16
    private static let mostValues = 100_000
    private static let deepest = 64
    private static let mostRepetitions = 16

    let text: String
    let name: String
    private let lines: [Substring]
    private var document = ConfigDocument()
    private var valueCount = 0

    init(_ text: String, name: String) {
        self.text = text
        self.name = name
        lines = text.split(separator: /\r\n|\n|\r/, omittingEmptySubsequences: false)
    }

    /// Reads the text. Throws `ConfigError` for bad syntax, duplicate keys, refused forms.
    mutating func read() throws -> ConfigDocument {
        try checkBounds()
        guard let root = try tree(), !isNull(root) else { return document }
        guard case .mapping(let mapping) = root else {
            throw ConfigError(
                .syntax, at: origin(root.mark), "expected KEY: VALUE pairs, got \(kindName(root))")
        }
        try add(mapping, prefix: "", depth: 0)
        return document
    }

    /// The parsed text. Mask2Former's COCO files repeat a key with the same value, which YAML readers take:
    /// such a line is left out, and the text parsed again.
    private func tree() throws -> Node? {
        var lines = lines
        for _ in 0..<Self.mostRepetitions {
            do {
                return try compose(yaml: lines.joined(separator: "\n"))
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let again = repetition(of: keys.first ?? "", after: context.mark, in: lines)
                guard let again, isWhole(lines[again]),
                    content(lines[again]) == content(lines[context.mark.line - 1])
                else {
                    let line = again.map { $0 + 1 } ?? context.mark.line
                    throw ConfigError(
                        .duplicateKey, at: origin(line: line, column: context.mark.column), key: keys.first,
                        "stands twice in this section, first in line \(context.mark.line)")
                }
                lines[again] = ""
            } catch let error as YamlError {
                throw translated(error)
            }
        }
        throw ConfigError(.duplicateKey, at: origin(nil), "more than \(Self.mostRepetitions) repeated keys")
    }

    /// A value written on the command line: a YAML flow list, or a scalar. Nil where it is neither.
    static func inlineValue(_ text: String) -> ConfigValue? {
        var reader = YAMLText("VALUE: " + text, name: "command line")
        return try? reader.read()["VALUE"]?.value
    }

    // MARK: Values

    private mutating func add(_ mapping: Node.Mapping, prefix: String, depth: Int) throws {
        for (keyNode, node) in mapping {
            guard case .scalar(let scalar) = keyNode, !scalar.string.isEmpty else {
                throw ConfigError(
                    .syntax, at: origin(keyNode.mark), "expected a key name, got \(kindName(keyNode))")
            }
            let key = prefix + scalar.string
            let keyOrigin = origin(scalar.mark)
            if document[key] != nil || document.sections[key] != nil {
                throw ConfigError(.duplicateKey, at: keyOrigin, key: key, "stands twice in this file")
            }
            try count(node, depth: depth)
            if case .mapping(let section) = node {
                document.addSection(key, at: keyOrigin)
                try checkTag(section.tag.description, of: node)
                try add(section, prefix: key + ".", depth: depth + 1)
            } else {
                let value = try value(of: node, depth: depth + 1)
                document.set(
                    key,
                    .init(value: value, origin: origin(node.mark), keyOrigin: keyOrigin, text: node.scalar?.string))
            }
        }
    }

    private mutating func value(of node: Node, depth: Int) throws -> ConfigValue {
        try count(node, depth: depth)
        switch node {
        case .scalar(let scalar):
            try checkTag(scalar.tag.description, of: node)
            return scalar.tag.description == Self.standardTag + "str"
                ? quotedScalar(scalar.string) : plainScalar(scalar.string)
        case .sequence(let sequence):
            let tag = sequence.tag.description
            if tag == Self.standardTag + "python/object/apply:eval" { return try list(evaluating: sequence) }
            if tag != Self.standardTag + "python/tuple" { try checkTag(tag, of: node) }
            return .list(try sequence.map { try value(of: $0, depth: depth + 1) })
        case .mapping, .alias:
            throw ConfigError(
                .syntax, at: origin(node.mark), "expected a value, got \(kindName(node)) inside a list")
        }
    }

    private func list(evaluating sequence: Node.Sequence) throws -> ConfigValue {
        if sequence.count == 1, case .scalar(let scalar) = sequence[0],
            let values = evaluatedList(scalar.string)
        {
            return .list(values.map(ConfigValue.integer))
        }
        throw ConfigError(
            .syntax, at: origin(sequence.mark), "expressions are not evaluated",
            hint:
                "only the form [\"[int(x * 0.1 * 1024) for x in range(5, 21)]\"] is known; write the values out"
        )
    }

    private static let standardTag = "tag:yaml.org,2002:"
    private static let plainTags: Set<String> = ["", "!", "?"]

    private func checkTag(_ tag: String, of node: Node) throws {
        let known = ["str", "int", "float", "bool", "null", "seq", "map"].map { Self.standardTag + $0 }
        guard !Self.plainTags.contains(tag), !known.contains(tag) else { return }
        let short = tag.replacingOccurrences(of: Self.standardTag, with: "!!")
        throw ConfigError(
            .syntax, at: origin(node.mark), "the tag \(short) is refused: configurations are data")
    }

    // MARK: Bounds

    private func checkBounds() throws {
        func refuse(line: Int, _ problem: String) -> ConfigError {
            ConfigError(.syntax, at: .file(.init(file: name, line: line, column: 1, source: "")), problem)
        }
        guard text.utf8.count <= Self.largest else {
            throw refuse(
                line: 1, "the file has \(text.utf8.count) bytes; a configuration has at most \(Self.largest)")
        }
        var aliases = 0
        var depth = 0
        for (index, line) in lines.enumerated() {
            guard line.utf8.count <= Self.longestLine else {
                throw refuse(line: index + 1, "the line is longer than \(Self.longestLine) bytes")
            }
            aliases += line.matches(of: /(?:^|[\s\[{,:])\*[^\s*]/).count
            depth += line.utf8.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
            for byte in line.utf8 where byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                depth = max(0, depth - 1)
            }
            // Parsing recurses, and an alias may stand for a tree of aliases: both are bounded before it
            // begins.
            guard depth <= Self.deepest else {
                throw refuse(line: index + 1, "brackets nest deeper than \(Self.deepest)")
            }
            guard aliases <= Self.mostAliases else {
                throw refuse(line: index + 1, "more than \(Self.mostAliases) aliases (*name)")
            }
        }
    }

    private mutating func count(_ node: Node, depth: Int) throws {
        valueCount += 1
        if valueCount > Self.mostValues || depth > Self.deepest {
            throw ConfigError(.syntax, at: origin(node.mark), "too many or too deeply nested values")
        }
    }
}

// MARK: Places and words

extension YAMLText {
    fileprivate func origin(_ mark: Mark?) -> ConfigOrigin {
        origin(line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1))
    }

    fileprivate func origin(line: Int, column: Int) -> ConfigOrigin {
        let source = lines.indices.contains(line - 1) ? String(lines[line - 1]) : ""
        return .file(.init(file: name, line: line, column: column, source: source))
    }

    fileprivate func isNull(_ node: Node) -> Bool {
        if case .scalar(let scalar) = node { plainScalar(scalar.string) == .null } else { false }
    }

    fileprivate func kindName(_ node: Node) -> String {
        switch node {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "KEY: VALUE pairs"
        case .alias: "an alias"
        }
    }

    fileprivate func translated(_ error: YamlError) -> ConfigError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { "\($0.text): " } ?? ""
            return ConfigError(.syntax, at: origin(mark), "not YAML: \(place)\(problem)")
        case .reader(let problem, let offset, _, _):
            let line = offset.map {
                text.prefix($0).split(separator: "\n", omittingEmptySubsequences: false).count
            }
            return ConfigError(.syntax, at: origin(line: line ?? 1, column: 1), "not YAML: \(problem)")
        default:
            return ConfigError(.syntax, at: origin(nil), "not YAML: \(error)")
        }
    }

    /// The index of the line where a key stands again in its column, if one has it.
    fileprivate func repetition(of key: String, after mark: Mark, in lines: [Substring]) -> Int? {
        lines.indices.dropFirst(mark.line).first { index in
            lines[index].prefix(mark.column - 1).allSatisfy { $0 == " " }
                && lines[index].dropFirst(mark.column - 1).prefix { $0 != ":" && $0 != " " } == key
        }
    }

    /// A line's text without a trailing comment.
    fileprivate func content(_ line: Substring) -> String {
        line.replacing(/\s#.*$/, with: "").trimmingCharacters(in: .whitespaces)
    }

    /// Whether a line holds a key with its whole value.
    fileprivate func isWhole(_ line: Substring) -> Bool {
        let text = content(line)
        guard !text.hasSuffix(":"), case .mapping? = try? compose(yaml: text) else { return false }
        return true
    }
}
