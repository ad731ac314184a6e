import Datasets
import Foundation

/// The keys of images in a data set's official list.
struct ImageKeys: Sendable {
    private struct List: Decodable {
        struct Image: Decodable {
            let id: ImageKey
            let file_name: String?
        }
        let images: [Image]
    }

    private let keys: [String: ImageKey]

    /// Those of a JSON file with images; without one an image's name is its key. Throws `MetricsError` for a
    /// file that cannot be read.
    init(list: String?) throws {
        guard let list, FileManager.default.fileExists(atPath: list) else {
            keys = [:]
            return
        }
        // By key, or by the name of the file, with its folders or without.
        let names = try ScoringFiles.json(List.self, list).images.flatMap { image in
            let file = image.file_name.map { ($0 as NSString).deletingPathExtension }
            let names = [image.id.description, file, file.map { ($0 as NSString).lastPathComponent }]
            return names.compactMap(\.self).map { ($0, image.id) }
        }
        keys = Dictionary(names, uniquingKeysWith: { first, _ in first })
    }

    /// The key of the data set's item of this name.
    subscript(id: String) -> ImageKey { keys[id] ?? ImageKey(id) }
}
