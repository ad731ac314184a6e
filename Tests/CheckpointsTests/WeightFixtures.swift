import Checkpoints
import Foundation
import Testing

/// What Tools/reference/weights.py recorded of its files.
struct WeightFixtures {
    struct Expected: Decodable {
        let shape: [Int]
        let bits: [Int32]
    }

    /// Files whose tensors are recorded.
    static let names =
        ["plain.pth", "wrapped.pt", "legacy.pth", "legacy_protocol4.pth", "module.pth", "nochecksums.pth"]
        + (2...5).map { "protocol\($0).pth" } + (0...5).map { "arrays\($0).pkl" } + [
            "tensors2.pkl", "tensors4.pkl",
        ]
        + ["model.safetensors.index.json"]

    let folder: String
    private let expected: [String: [String: Expected]]

    /// The checked-in ones.
    init() throws { try self.init(folder: try #require(Bundle.module.resourcePath) + "/Fixtures") }

    init(folder: String) throws {
        self.folder = folder
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json"))
        var table = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        table["notes"] = nil
        expected = try JSONDecoder().decode(
            [String: [String: Expected]].self, from: JSONSerialization.data(withJSONObject: table))
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    /// Opens a file and compares names, shapes and the bits of every value.
    func check(_ name: String, _ location: SourceLocation = #_sourceLocation) throws {
        let expected = try #require(expected[name], sourceLocation: location)
        let archive = try WeightArchive.open(path: path(name))
        #expect(archive.names == expected.keys.sorted(), sourceLocation: location)
        for (tensor, wanted) in expected {
            #expect(
                archive.entry(named: tensor)?.shape == wanted.shape, "\(name) \(tensor)",
                sourceLocation: location)
            let got = try archive.floats(named: tensor).map { Int32(bitPattern: $0.bitPattern) }
            #expect(got == wanted.bits, "\(name) \(tensor)", sourceLocation: location)
        }
    }
}

/// The maps of all families, the last of which takes what no other recognises.
let allMaps: [NameMap] = [
    .torchvision, .stdc, .caffe2, .swin, .timmSwin, .timmEarlySwin, .timmResNet, .huggingFaceResNet, .huggingFaceSwin,
    .huggingFaceMask2Former, .huggingFaceMaskFormer, .swiftFormer, .timmSwiftFormer, .huggingFaceSwiftFormer,
    .detectron2,
]
