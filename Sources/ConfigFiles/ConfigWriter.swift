extension ConfigDocument {
    /// The document as YAML text: sections nested, keys in the document's order, readable by `parse`.
    package var yamlText: String {
        var root = Section()
        for key in keys {
            guard let entry = self[key] else { continue }
            root.insert(key.split(separator: ".").map(String.init)[...], entry.value)
        }
        return root.lines(indent: "").joined(separator: "\n") + "\n"
    }
}

/// A mapping that keeps the order in which its keys came.
private struct Section {
    private enum Member {
        case value(ConfigValue)
        case section(Section)
    }
    private var names: [String] = []
    private var members: [String: Member] = [:]

    mutating func insert(_ path: ArraySlice<String>, _ value: ConfigValue) {
        guard let name = path.first else { return }
        if members[name] == nil { names.append(name) }
        guard path.count > 1 else {
            members[name] = .value(value)
            return
        }
        var section = if case .section(let existing) = members[name] { existing } else { Section() }
        section.insert(path.dropFirst(), value)
        members[name] = .section(section)
    }

    func lines(indent: String) -> [String] {
        names.flatMap { name -> [String] in
            switch members[name] {
            case .value(let value): ["\(indent)\(name): \(value)"]
            case .section(let section): ["\(indent)\(name):"] + section.lines(indent: indent + "  ")
            case nil: []
            }
        }
    }
}
