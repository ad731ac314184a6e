import Files
import Foundation

/// `model.safetensors.index.json`: which file beside it has which tensor.
struct ShardIndex {
    let path: String
    /// Paths of files by the names of tensors.
    let places: [String: String]

    private struct Content: Decodable {
        let weights: [String: String]
        private enum CodingKeys: String, CodingKey { case weights = "weight_map" }
    }

    /// Throws `CheckpointError`.
    init(_ data: Data, path: String) throws(CheckpointError) {
        self.path = path
        guard data.count <= 100_000_000, let content = try? JSONDecoder().decode(Content.self, from: data)
        else {
            throw .damaged(
                path: path, problem: "as an index of shards it needs a table weight_map of names and files")
        }
        let folder = FileSystem.folder(of: path)
        for file in content.weights.values where file.isEmpty || file.contains("/") || file.hasPrefix(".") {
            throw .refused(path: path, name: "the file \(file), which does not lie beside it")
        }
        places = content.weights.mapValues { (folder as NSString).appendingPathComponent($0) }
    }
}
