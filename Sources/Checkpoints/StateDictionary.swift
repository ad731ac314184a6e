import Foundation

/// The tensors of a pickled checkpoint: found under the keys that training programs use.
struct StateDictionary {
    private(set) var tensors: [String: StridedTensor] = [:]
    private(set) var matchesBySuffix = false
    private let path: String
    /// Elements of all tensors together may be this many: shared and expanded ones make more of a file than
    /// it holds, but not at will.
    private var elementsLeft: Int
    private var visitsLeft = 1_000_000

    /// Keys that hold the weights, as detectron2, mmsegmentation, pycls, timm and Caffe2 call them.
    private static let wrappers = ["model", "state_dict", "model_state", "model_state_dict", "blobs"]
    private static let deepest = 8

    /// Throws `CheckpointError` where there is no tensor in it.
    init(_ content: PickledContent, path: String, fileSize: Int) throws(CheckpointError) {
        self.path = path
        elementsLeft = 8 * fileSize + (1 << 20)
        let heap = content.heap
        guard var root = heap.dictionary(content.value) else {
            throw .unsupported(
                path: path,
                problem: "it holds no dictionary of tensors. Save the model's state_dict() with torch.save")
        }
        for _ in 0..<Self.deepest {
            if case .boolean(true)? = root["matching_heuristics"] { matchesBySuffix = true }
            guard
                let inner = Self.wrappers.lazy.compactMap({ name in root[name].flatMap(heap.dictionary) })
                    .first
            else {
                break
            }
            root = inner
        }
        try gather(root, prefix: "", depth: 0, heap)
        guard !tensors.isEmpty else {
            throw .unsupported(path: path, problem: "it holds no tensors under names")
        }
    }

    private mutating func gather(
        _ dictionary: PickleDictionary, prefix: String, depth: Int, _ heap: PickleHeap
    ) throws(CheckpointError) {
        for (key, value) in dictionary.items {
            visitsLeft -= 1
            guard visitsLeft > 0 else {
                throw .refused(path: path, name: "dictionaries in dictionaries without end")
            }
            guard let text = key.text, prefix.utf8.count + text.utf8.count < 4096 else { continue }
            let name = prefix + text
            switch value {
            case .tensor(let index):
                guard let tensor = heap.tensors[index] else {
                    throw .damaged(path: path, problem: "array \(name) has no content")
                }
                elementsLeft -= tensor.count
                guard elementsLeft >= 0 else {
                    throw .refused(
                        path: path, name: "tensors of far more elements than it has bytes (\(name))")
                }
                tensors[name] = tensor
            case .dictionary(let index) where depth < Self.deepest:
                try gather(heap.dictionaries[index], prefix: name + ".", depth: depth + 1, heap)
            default: continue
            }
        }
    }
}
