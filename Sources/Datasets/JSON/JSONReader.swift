import Foundation

/// One object of a JSON file, read key by key; errors name file and key.
struct JSONReader {
    private enum Value: Decodable {
        case object([String: Value]), list([Value]), text(String), number(Double), boolean(Bool), null

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let boolean = try? container.decode(Bool.self) {
                self = .boolean(boolean)
            } else {
                self = .number(try container.decode(Double.self))
            }
        }

        var integer: Int? {
            if case .number(let number) = self { return Int(exactly: number) }
            return nil
        }
    }

    private let path: String
    private let data: Data
    /// On the way to this object.
    private let way: [JSONKey]
    private let values: [String: Value]

    /// Throws `DatasetError` for a file that cannot be read, or is no JSON object.
    init(path: String) throws {
        self.path = path
        way = []
        guard FileTree.isFile(path), let data = FileManager.default.contents(atPath: path) else {
            throw DatasetError(
                "description file", [.other(path, FileTree.isFile(path) ? "cannot be read" : "no such file")],
                advice: "check the path: in a configuration it is relative to the configuration's folder")
        }
        self.data = data
        do {
            guard case .object(let values) = try JSONFile.decode(Value.self, from: data) else {
                throw DatasetError(path, [.other("top level", "expected an object")], advice: "write { … }")
            }
            self.values = values
        } catch let fault as JSONFault {
            throw DatasetError(
                "description file", [.other(path, AnnotationFile.reason(fault))], advice: "correct the file")
        }
    }

    private init(_ outer: JSONReader, _ way: [JSONKey], _ values: [String: Value]) {
        path = outer.path
        data = outer.data
        self.way = outer.way + way
        self.values = values
    }

    var keys: [String] { values.keys.sorted() }

    /// Throws for keys other than these; an object that has one of `others` may have any key, and `meaning` says what
    /// it is then.
    func allow(_ known: [String], orObjectsWith others: [String] = [], meaning: String = "") throws {
        for key in keys where !known.contains(key) {
            if case .object(let inner)? = values[key], others.contains(where: { inner[$0] != nil }) { continue }
            throw fault(key, "unknown key (known are \(known.joined(separator: ", "))\(meaning))")
        }
    }

    func text(_ key: String) throws -> String? {
        try value(key, "a text") { if case .text(let text) = $0 { text } else { nil } }
    }

    func integer(_ key: String) throws -> Int? {
        try value(key, "a whole number") { $0.integer }
    }

    func boolean(_ key: String) throws -> Bool? {
        try value(key, "true or false") { if case .boolean(let boolean) = $0 { boolean } else { nil } }
    }

    func integers(_ key: String) throws -> [Int]? {
        try value(key, "a list of whole numbers") {
            guard case .list(let list) = $0 else { return nil }
            let numbers = list.compactMap(\.integer)
            return numbers.count == list.count ? numbers : nil
        }
    }

    func object(_ key: String) throws -> JSONReader? {
        try value(key, "an object { … }") {
            guard case .object(let values) = $0 else { return nil }
            return JSONReader(self, [.name(key)], values)
        }
    }

    func numbers(_ key: String) throws -> [Double]? {
        try value(key, "a list of numbers") {
            guard case .list(let list) = $0 else { return nil }
            let numbers = list.compactMap { if case .number(let number) = $0 { number } else { nil } }
            return numbers.count == list.count ? numbers : nil
        }
    }

    /// A list of objects; a text stands for an object that has it for `textKey`. Missing is an error, too.
    func objects(_ key: String, textKey: String) throws -> [JSONReader] {
        let found = try value(key, "a list of objects { … } or of texts") { value -> [JSONReader]? in
            guard case .list(let list) = value else { return nil }
            let objects = list.enumerated().compactMap { index, element -> JSONReader? in
                let way: [JSONKey] = [.name(key), .index(index)]
                return switch element {
                case .object(let values): JSONReader(self, way, values)
                case .text: JSONReader(self, way, [textKey: element])
                default: nil
                }
            }
            return objects.count == list.count ? objects : nil
        }
        guard let found else { throw fault(key, "is missing") }
        return found
    }

    /// What is wrong with the value of a key, with its place; with that of the object where the key is missing.
    func fault(_ key: String, _ what: String) -> DatasetError {
        let way = way + [.name(key)]
        let name = way.reduce("") { name, key in
            key.intValue.map { "\(name)[\($0)]" } ?? (name.isEmpty ? "" : name + ".") + key.stringValue
        }
        return DatasetError(
            path, [.other("key \(name)", "\(what) (\(JSONFile.place(of: way, in: data)))")], advice: "correct the file")
    }

    private func value<Result>(_ key: String, _ expected: String, _ read: (Value) -> Result?) throws
        -> Result?
    {
        guard let value = values[key] else { return nil }
        if case .null = value { return nil }
        guard let result = read(value) else { throw fault(key, "expected \(expected)") }
        return result
    }
}
