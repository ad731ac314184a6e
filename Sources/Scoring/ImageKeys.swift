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

    /// Those of a JSON file with images; without one an image's name is its key, a number where it is one. Throws
    /// `InputError` for a file that cannot be read.
    init(list: String?) throws {
        guard let list, FileManager.default.fileExists(atPath: list) else {
            keys = [:]
            return
        }
        // By the name of the file; by key where no file has that name.
        let images = try ScoringFiles.json(List.self, list).images
        let files = images.compactMap { image in image.file_name.map { (name: $0, id: image.id) } }
        let identifiers = zip(ListedImages.identifiers(files.map(\.name)), files.map(\.id)).map { ($0, $1) }
        let stems = files.map {
            (URL(fileURLWithPath: $0.name).deletingPathExtension().lastPathComponent, $0.id)
        }
        keys = Dictionary(
            identifiers + stems + images.map { ($0.id.description, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// The key of the data set's item of this name.
    subscript(id: String) -> ImageKey { keys[id] ?? ImageKey(unlisted: id) }
}
