import Foundation

/// What does not fit in a JSON file, with its place.
package struct JSONFault: Error {
    /// Without a path of keys where the text is no JSON at all.
    package let error: DecodingError
    /// From 1; columns count Unicode scalars.
    package let line, column: Int

    /// As messages have it.
    package var place: String { "line \(line), column \(column)" }
}

/// Decodes JSON files as Python reads them: numbers that are not finite are no fault of the text. Files may have
/// gigabytes, so places are looked for only where something does not fit.
package enum JSONFile {
    /// Throws `JSONFault`.
    package static func decode<Content: Decodable>(_ type: Content.Type, from data: Data) throws -> Content {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            guard case .dataCorrupted(let context) = error, context.codingPath.isEmpty else {
                throw located(error, data)
            }
            return try decodeAgain(type, data, error)
        }
    }

    /// Decodes what is JSON but for numbers that are not finite, which become texts for the decoder.
    private static func decodeAgain<Content: Decodable>(
        _ type: Content.Type, _ data: Data, _ first: DecodingError
    ) throws -> Content {
        let literals = try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var text = JSONText(bytes)
            do throws(JSONText.Fault) {
                try text.read()
            } catch {
                throw fault(corrupted(error.what), at: error.offset, text)
            }
            return text.nonFinite
        }
        guard !literals.isEmpty else {
            let isText = String(validating: data, as: UTF8.self) != nil
            throw JSONFault(
                error: isText ? first : corrupted("text that is not UTF-8"), line: 1, column: 1)
        }
        var quoted = Data(capacity: data.count + 16 * literals.count)
        var end = 0
        for (range, name) in literals {
            quoted.append(data[end..<range.lowerBound])
            quoted.append(contentsOf: "\"\(name)\"".utf8)
            end = range.upperBound
        }
        quoted.append(data[end...])
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return try decoder.decode(type, from: quoted)
        } catch let error as DecodingError {
            throw located(error, data)
        }
    }

    private static func corrupted(_ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: what))
    }

    private static func located(_ error: DecodingError, _ data: Data) -> JSONFault {
        data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var text = JSONText(bytes)
            let offset = (try? text.offset(of: error.path)) ?? 0
            return fault(error, at: offset, text)
        }
    }

    private static func fault(_ error: DecodingError, at offset: Int, _ text: JSONText) -> JSONFault {
        let (line, column) = text.place(of: offset)
        return JSONFault(error: error, line: line, column: column)
    }

    /// Where the value at a path of keys stands: "line 3, column 7". Throws `JSONText.Fault` for what is no JSON.
    package static func place(of path: [any CodingKey], in data: Data) -> String {
        located(.dataCorrupted(.init(codingPath: path, debugDescription: "")), data).place
    }
}

extension DecodingError {
    fileprivate var path: [any CodingKey] {
        switch self {
        case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            context.codingPath
        @unknown default: []
        }
    }
}

/// A key of an object, or an index of a list, on the way to a value.
package enum JSONKey: CodingKey {
    case name(String), index(Int)

    package init(stringValue: String) { self = .name(stringValue) }
    package init(intValue: Int) { self = .index(intValue) }

    package var stringValue: String {
        switch self {
        case .name(let name): name
        case .index(let index): "\(index)"
        }
    }

    package var intValue: Int? { if case .index(let index) = self { index } else { nil } }
}

extension KeyedDecodingContainer {
    /// A whole number. Unlike a plain `Int`'s, the error for a fraction names the key.
    func whole(_ key: Key) throws -> Int {
        guard contains(key) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
        }
        if let number = try? decode(Int.self, forKey: key) { return number }
        throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "expected a whole number")
    }

    /// The same; nil for a key that is missing or null.
    func wholeIfPresent(_ key: Key) throws -> Int? {
        try contains(key) && !decodeNil(forKey: key) ? whole(key) : nil
    }
}
