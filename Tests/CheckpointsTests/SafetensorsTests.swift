import Checkpoints
import Foundation
import Testing

/// A folder of its own for a test, removed with it.
final class Scratch {
    let path: String
    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/pem-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A safetensors file of the given header and data, sound or not.
    func file(header: String, data: [UInt8], length: UInt64? = nil) throws -> String {
        var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
        bytes += Array(header.utf8) + data
        let file = path + "/crafted.safetensors"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}

@Suite struct SafetensorsTests {
    @Test func whatIsWrittenIsRead() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        let values: [Float] = [1.5, -0.0, .infinity, Float.leastNonzeroMagnitude * 999, 7, 8]
        let tensors = [
            SavedTensor(name: "b.weight", shape: [2, 3]) { values }, SavedTensor(name: "a", shape: [0]) { [] },
            SavedTensor(name: "c \"quoted\" é", shape: []) { [4] },
        ]
        try SafetensorsFile.write(tensors, metadata: ["step": "12"], to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.names == ["a", "b.weight", "c \"quoted\" é"] && file.metadata == ["step": "12"])
        #expect(file.shape(named: "b.weight") == [2, 3])
        #expect(try file.floats(named: "b.weight").map(\.bitPattern) == values.map(\.bitPattern))
        #expect(throws: CheckpointError.missing(path: path, name: "x")) { try file.floats(named: "x") }
        #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    }

    struct Typed: Sendable {
        let type: String
        let bytes: [UInt8]
        let values: [Float]
    }

    @Test(arguments: [
        Typed(type: "F16", bytes: [0x00, 0x3e, 0x01, 0x80, 0x00, 0x7c], values: [1.5, -0x1p-24, .infinity]),
        Typed(type: "BF16", bytes: [0xc0, 0x3f, 0x80, 0xc0], values: [1.5, -4]),
        Typed(type: "F64", bytes: [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], values: [1.5]),
        Typed(type: "I64", bytes: [0xfe] + Array(repeating: 0xff, count: 7), values: [-2]),
        Typed(type: "I32", bytes: [3, 0, 0, 0], values: [3]), Typed(type: "U8", bytes: [200], values: [200]),
    ])
    func typesAreRead(typed: Typed) throws {
        let scratch = try Scratch()
        let header = """
            {"x":{"dtype":"\(typed.type)","shape":[\(typed.values.count)],"data_offsets":[0,\(typed.bytes.count)]}}
            """
        let file = try SafetensorsFile(path: scratch.file(header: header, data: typed.bytes))
        #expect(try file.floats(named: "x") == typed.values)
    }

    @Test(arguments: [
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[4611686018427387904,16],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "{", "[]", "",
    ])
    func hostileHeadersAreRefused(header: String) throws {
        let scratch = try Scratch()
        let path = try scratch.file(header: header, data: [0, 0, 0, 0])
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
        let long = try scratch.file(header: header, data: [0, 0, 0, 0], length: .max)
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: long) }
    }

    /// Cut anywhere, a file is refused.
    @Test func everyTruncationIsSeen() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        try SafetensorsFile.write([SavedTensor(name: "x", shape: [3]) { [1, 2, 3] }], to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: CheckpointError.self, "cut at \(length)") { try SafetensorsFile(path: path) }
        }
    }

    /// The same tensors give the same bytes, in whatever order they are handed over.
    @Test func bytesDoNotDependOnOrder() throws {
        let scratch = try Scratch()
        let tensors = ["b", "a", "c"].map { name in SavedTensor(name: name, shape: [1]) { [Float(name.utf8.count)] } }
        let metadata = ["z": "1", "y": "2", "x": "3"]
        try SafetensorsFile.write(tensors, metadata: metadata, to: scratch.path + "/1")
        try SafetensorsFile.write(tensors.reversed(), metadata: metadata, to: scratch.path + "/2")
        let written = try ["/1", "/2"].map { try Data(contentsOf: URL(fileURLWithPath: scratch.path + $0)) }
        #expect(written[0] == written[1])
    }
}
