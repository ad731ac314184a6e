import Checkpoints
import Foundation
import Testing

/// Types of tensors that are not read here are named; the file is not called damaged.
@Suite struct UnsupportedTypesTests {
    private func expectUnsupported(_ path: String, _ type: String) {
        let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: path) }
        guard case .unsupported? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let text = "\(String(describing: error))"
        #expect(text.contains(type) && text.contains("not read here"), "\(text)")
    }

    @Test(arguments: [("F8_E4M3", 1), ("F8_E5M2", 1), ("C64", 8), ("F4", 1), ("F128", 16)])
    func safetensors(type: String, size: Int) throws {
        let scratch = try Scratch()
        let header = "{\"a\": {\"dtype\": \"\(type)\", \"shape\": [1], \"data_offsets\": [0, \(size)]}}"
        expectUnsupported(try scratch.file(header: header, data: Array(repeating: 0, count: size)), type)
    }

    /// What torch.save writes for them: a type, a class of storages or a function by its name.
    @Test(arguments: [
        "torch\nfloat8_e4m3fn", "torch\ncomplex64", "torch\nComplexFloatStorage", "torch\nQInt8Storage",
        "torch._utils\n_rebuild_qtensor", "torch._utils\n_rebuild_sparse_tensor",
    ])
    func pickles(global: String) throws {
        let scratch = try Scratch()
        let path = scratch.path + "/types.pkl"
        try Data("c\(global)\n.".utf8).write(to: URL(fileURLWithPath: path))
        expectUnsupported(path, global.replacingOccurrences(of: "\n", with: "."))
    }

    @Test(arguments: ["torch\nload", "torch.hub\nload", "torch.jit\n_rebuild_x", "os\nStorage"])
    func otherNamesAreRefused(global: String) throws {
        let scratch = try Scratch()
        let path = scratch.path + "/hostile.pkl"
        try Data("c\(global)\n.".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: path) }
        guard case .refused? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
