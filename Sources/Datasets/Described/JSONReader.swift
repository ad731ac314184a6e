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
    /// Keys on the way to this object, each with a dot or an index behind it.
    private let prefix: String
    private let values: [String: Value]

    /// Throws `DatasetError` for a file that cannot be read, or is no JSON object.
    init(path: String) throws {
        self.path = path
        prefix = ""
        guard FileTree.isFile(path), let data = FileManager.default.contents(atPath: path) else {
            throw DatasetError(
                "description file", [.other(path, FileTree.isFile(path) ? "cannot be read" : "no such file")],
                advice: "check the path: in a configuration it is relative to the configuration's folder")
        }
        do {
            guard case .object(let values) = try JSONDecoder().decode(Value.self, from: data) else {
                throw DatasetError(path, [.other("top level", "expected an object")], advice: "write { … }")
            }
            self.values = values
        } catch let error as DecodingError {
            var reason = "no valid JSON"
            if case .dataCorrupted(let context) = error, let cause = context.underlyingError as NSError? {
                reason += " (\(cause.userInfo[NSDebugDescriptionErrorKey] ?? cause.localizedDescription))"
            }
            throw DatasetError("description file", [.other(path, reason)], advice: "correct the file")
        }
    }

    private init(path: String, prefix: String, values: [String: Value]) {
        self.path = path
        self.prefix = prefix
        self.values = values
    }

    var keys: [String] { values.keys.sorted() }

    /// Throws for keys other than these; an object that has all of `alsoObjects` may have any key.
    func allow(_ known: [String], alsoObjects: [String] = []) throws {
        for key in keys where !known.contains(key) {
            if !alsoObjects.isEmpty, case .object(let inner)? = values[key],
                alsoObjects.contains(where: { inner[$0] != nil })
            {
                continue
            }
            let splits = alsoObjects.isEmpty ? "" : ", and splits such as train and val"
            throw fault(key, "unknown key (expected \(known.joined(separator: ", "))\(splits))")
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
            return JSONReader(path: path, prefix: prefix + key + ".", values: values)
        }
    }

    /// Missing is an error, too.
    func objects(_ key: String) throws -> [JSONReader] {
        let found = try value(key, "a list of objects { … }") { value -> [JSONReader]? in
            guard case .list(let list) = value else { return nil }
            let objects = list.enumerated().compactMap { index, element -> JSONReader? in
                guard case .object(let values) = element else { return nil }
                return JSONReader(path: path, prefix: "\(prefix)\(key)[\(index)].", values: values)
            }
            return objects.count == list.count ? objects : nil
        }
        guard let found else { throw fault(key, "is missing") }
        return found
    }

    func fault(_ key: String, _ what: String) -> DatasetError {
        DatasetError(path, [.other("key \(prefix)\(key)", what)], advice: "correct the file")
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
