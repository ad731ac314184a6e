import Checkpoints
import Files
import Networks

/// What the last layer predicts for pictures, in one file.
struct RawPredictions {
    private let path: String
    private let list: FileList
    /// Whether names begin with those of their pictures.
    private let hasPrefixes: Bool
    private var tensors: [SavedTensor] = []

    /// For `pictures` in all. Throws `FileError.foreign` where `path` is a file that may not be replaced.
    init(_ path: String, pictures: Int, overwrites: Bool) throws(FileError) {
        self.path = path
        list = FileList(beside: path, overwrites: overwrites)
        hasPrefixes = pictures > 1
        try list.require(paths: [path])
    }

    /// Keeps the prediction for the picture of this name.
    mutating func add(_ prediction: any Prediction, name: String) {
        let prefix = hasPrefixes ? name + "." : ""
        tensors += prediction.raw.map { tensor in
            SavedTensor(name: prefix + tensor.name, shape: tensor.value.shape) { tensor.value.array }
        }
    }

    /// Writes the file, and says where it is. Throws `CheckpointError` or `FileError`.
    func write() throws -> String {
        try SafetensorsFile.write(tensors, to: path, listed: list)
        return "predictions of the last layer: \(path)"
    }
}
