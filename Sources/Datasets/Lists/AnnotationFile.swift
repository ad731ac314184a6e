import Foundation

/// JSON files of annotations in COCO's formats.
package enum AnnotationFile {
    /// Reads a file. Throws `DatasetError` that names file and key.
    package static func read<List: Decodable>(_ type: List.Type, path: String) throws -> List {
        guard FileTree.isFile(path), let data = FileManager.default.contents(atPath: path) else {
            throw fault(path, FileTree.isFile(path) ? "cannot be read" : "no such file")
        }
        do {
            return try JSONFile.decode(type, from: data)
        } catch let found as JSONFault {
            throw fault(path, reason(found))
        }
    }

    /// Writes the file aside and renames it, keys sorted. Throws `DatasetError`.
    static func write(_ list: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(list).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw DatasetError(
                path, [.other("", "cannot be written (\(error.localizedDescription))")],
                advice: "make room, or make the folder writable")
        }
    }

    /// The error of a file whose content cannot be used.
    static func fault(_ path: String, _ what: String) -> DatasetError {
        DatasetError(
            "annotations", [.other(path, what)],
            advice: "fetch the file again, or make it with pem-data prepare")
    }

    /// What does not fit: the key and its place.
    static func reason(_ fault: JSONFault) -> String {
        func keyPath(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch fault.error {
        case .keyNotFound(let key, let context):
            return "key \(key.stringValue) is missing in \(keyPath(context)) (\(fault.place))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            return "no valid JSON at \(fault.place): \(context.debugDescription)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "key \(keyPath(context)) (\(fault.place)): \(context.debugDescription)"
        @unknown default: return "no such JSON"
        }
    }
}
