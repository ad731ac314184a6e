import Annotations
import Datasets
import Files
import Foundation
import Metrics

/// Finding and reading the files of ground truth and predictions; every error names the file.
enum ScoringFiles {
    /// Decodes a JSON file. Throws `InputError` with the place in the file that does not fit.
    static func json<Content: Decodable>(_ type: Content.Type, _ path: String) throws -> Content {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw missing(path, "a JSON file")
        }
        do { return try JSONFile.decode(type, from: data) } catch let fault as JSONFault {
            let (place, reason) = describe(fault.error)
            throw misfit(path, place, "\(reason), \(fault.place)")
        }
    }

    /// What an element of a file must have. Throws `InputError` naming element and key.
    static func require<Value>(
        _ value: Value?, _ key: String, of element: String, in path: String
    ) throws -> Value {
        guard let value else { throw misfit(path, element, "no key \(key)") }
        return value
    }

    /// The same for a number that must be finite: `element` is the one of this index in a list of the file.
    static func requireFinite(
        _ value: Double?, _ key: String, of list: String, _ index: Int, in path: String
    ) throws -> Double {
        let element = "\(list)[\(index)]"
        let value = try require(value, key, of: element, in: path)
        if value.isFinite { return value }
        let way: [JSONKey] = (list.isEmpty ? [] : [.name(list)]) + [.index(index), .name(key)]
        let place = FileManager.default.contents(atPath: path).map { ", " + JSONFile.place(of: way, in: $0) } ?? ""
        throw misfit(path, "\(element).\(key)", "a number that is not finite\(place)")
    }

    /// Throws `InputError` where a prediction, read from `path`, has not the size of the truth.
    static func requireSize(
        _ prediction: LabelImage, _ truth: LabelImage, _ path: String, advice: String
    ) throws {
        guard prediction.width == truth.width, prediction.height == truth.height else {
            throw InputError(
                place: path, what: "has another size than the ground truth",
                expected: "\(truth.width)x\(truth.height)", got: "\(prediction.width)x\(prediction.height)",
                advice: advice)
        }
    }

    /// The file that a list names, in `folder`. Throws `InputError` where it lies elsewhere, unless `allowsOutside`.
    static func path(of name: String, in folder: String, allowsOutside: Bool) throws -> String {
        let files = ListedFiles(in: folder, FileBounds(root: folder, allowsOutside: allowsOutside))
        guard files.fault(of: name) == nil else {
            throw InputError(
                place: folder, what: "a list names a file outside", expected: "a file in this folder",
                got: "\"\(name)\"",
                advice: "give --allow-outside where it is meant")
        }
        return files.path(of: name)
    }

    /// Writes a JSON file, keys sorted; it replaces only one that `list` knows. Throws `FileError`.
    static func writeJSON(_ content: some Encodable, to path: String, listed list: FileList) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(String(decoding: encoder.encode(content), as: UTF8.self) + "\n", to: path, listed: list)
    }

    private static func misfit(_ path: String, _ place: String, _ reason: String) -> InputError {
        InputError(
            place: path, what: place.isEmpty ? "is not in the expected format" : "\(place) does not fit",
            expected: "the official format", got: reason, advice: "write the file again")
    }

    private static func describe(_ error: DecodingError) -> (place: String, reason: String) {
        func place(_ keys: [any CodingKey]) -> String {
            keys.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
                .trimmingCharacters(in: CharacterSet(charactersIn: "."))
        }
        switch error {
        case .keyNotFound(let key, let context):
            return (place(context.codingPath), "no key \(key.stringValue)")
        case .typeMismatch(_, let context): return (place(context.codingPath), "something else")
        case .valueNotFound(_, let context): return (place(context.codingPath), "null")
        case .dataCorrupted(let context):
            return (
                place(context.codingPath),
                context.codingPath.isEmpty ? "no valid JSON: \(context.debugDescription)" : context.debugDescription
            )
        @unknown default: return ("", "something else")
        }
    }

    /// Paths of all files below a folder that end in one of `suffixes`, sorted. Throws `InputError` for a
    /// folder that is not there.
    static func files(below folder: String, _ suffixes: [String]) throws -> [String] {
        guard FileSystem.isFolder(folder), let walk = FileManager.default.enumerator(atPath: folder) else {
            throw missing(folder, "a folder")
        }
        let names = walk.compactMap { $0 as? String }
        return names.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted().map {
            folder + "/" + $0
        }
    }

    /// The one JSON file of a folder, or the one that is called `usual`. Throws `InputError`.
    static func onlyJSON(in folder: String, usual: String) throws -> String {
        guard FileSystem.isFolder(folder) else { throw missing(folder, "a folder") }
        let usualPath = folder + "/" + usual
        if FileManager.default.fileExists(atPath: usualPath) { return usualPath }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".json")
        }
        guard names.count == 1 else {
            throw InputError(
                place: folder, what: "does not say which file holds the predictions",
                expected: "\(usual), or a single JSON file", got: "\(names.count) JSON files",
                advice: "name the file \(usual)")
        }
        return folder + "/" + names[0]
    }

    static func missing(_ path: String, _ kind: String) -> InputError {
        InputError(
            place: path, what: "cannot be read", expected: kind, got: "nothing", advice: "check the path")
    }

    /// The index of elements by a key that no two share. Throws `InputError` naming file and key.
    static func index<Element, Key: Hashable>(
        _ elements: [Element], of path: String, _ what: String, by key: (Element) -> Key
    ) throws -> [Key: Element] {
        var found: [Key: Element] = [:]
        for element in elements where found.updateValue(element, forKey: key(element)) != nil {
            throw InputError(
                place: path, what: "\(what) \(key(element)) is there twice", expected: "each id once",
                got: "a second \(what) \(key(element))", advice: "remove one of the two")
        }
        return found
    }
}
