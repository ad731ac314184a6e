import Foundation

/// A pickle that was read: its root and what the root refers to.
struct PickledContent {
    let value: PickleValue
    let heap: PickleHeap
}

/// PyTorch's present format (`.pth`, `.pt`, `.tar`): a zip with `data.pkl` and one entry for each storage.
enum TorchZipFile {
    /// Throws `CheckpointError`.
    static func root(_ data: Data, path: String) throws(CheckpointError) -> PickledContent {
        let zip = try ZipFile(data, path: path)
        let pickles = zip.entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
        guard pickles.count == 1, let pickle = pickles.first else {
            throw .unsupported(
                path: path, problem: "it is a zip file, but not one that torch.save wrote (no data.pkl)")
        }
        let prefix = String(pickle.dropLast("data.pkl".count))
        guard zip.entries[prefix + "constants.pkl"] == nil else {
            throw .unsupported(
                path: path,
                problem: "it is a TorchScript program. Save its state_dict() with torch.save instead")
        }
        var isBigEndian = false
        if zip.entries[prefix + "byteorder"] != nil {
            isBigEndian = try zip.checkedBytes(prefix + "byteorder").elementsEqual("big".utf8)
        }
        let storages = ZipStorages(zip, prefix: prefix + "data/", isBigEndian: isBigEndian, path: path)
        let cursor = ByteCursor(try zip.checkedBytes(pickle), path: path)
        var machine = PickleMachine(cursor, storages: storages, budget: PickleBudget(fileSize: data.count))
        return PickledContent(value: try machine.run(), heap: machine.heap)
    }
}

private final class ZipStorages: StorageSource {
    private let zip: ZipFile
    private let prefix: String
    private let isBigEndian: Bool
    private let path: String
    private var blocks: [String: StorageBlock] = [:]

    init(_ zip: ZipFile, prefix: String, isBigEndian: Bool, path: String) {
        (self.zip, self.prefix, self.isBigEndian, self.path) = (zip, prefix, isBigEndian, path)
    }

    func storage(key: String, byteCount: Int) throws(CheckpointError) -> StorageBlock {
        guard let entry = zip.entries[prefix + key] else {
            throw .damaged(path: path, problem: "storage \(key.prefix(40)) is missing")
        }
        guard byteCount <= entry.bytes.count else {
            throw .damaged(
                path: path, problem: "storage \(key) has \(entry.bytes.count) of \(byteCount) bytes")
        }
        if let block = blocks[key] { return block }
        let block = StorageBlock(zip.bytes(entry), checksum: entry.checksum, isBigEndian: isBigEndian)
        blocks[key] = block
        return block
    }
}
