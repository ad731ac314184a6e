import Annotations
import Foundation

/// How the official files of a data set number its images and classes.
struct OfficialNumbers: Sendable {
    private struct Lists: Decodable {
        struct Image: Decodable {
            let id: ImageKey
            let file_name: String?
        }
        let images: [Image]
        let categories: [PanopticFile.Category]
    }

    private let images: [String: ImageKey]
    private let categories: [Int?]

    /// Those of a JSON file with images and categories; without one, an image's name and a class's number.
    /// Throws `MetricsError` for a file that cannot be read.
    init(_ classes: ClassTable, list: String?) throws {
        guard let list, FileManager.default.fileExists(atPath: list) else {
            (images, categories) = ([:], classes.names.indices.map(\.self))
            return
        }
        let lists = try ScoringFiles.json(Lists.self, list)
        // By number, or by the name of the file.
        let names = lists.images.flatMap { image in
            let file = image.file_name.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
            return [image.id.description, file].compactMap(\.self).map { ($0, image.id) }
        }
        images = Dictionary(names, uniquingKeysWith: { first, _ in first })
        let ids = Dictionary(lists.categories.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
        categories = classes.names.map { ids[$0] }
    }

    /// The key of the data set's item of this name.
    func image(_ id: String) -> ImageKey { images[id] ?? ImageKey(id) }

    /// The number of a class; nil where the list doesn't have it.
    func category(_ classNumber: Int) -> Int? { categories[classNumber] }
}
