import Checkpoints
import Foundation
import TestSupport
import Testing

/// What we write for PyTorch; where python3 (or PEM_PYTHON) can import torch, torch itself judges.
@Suite struct TorchFileTests {
    private static let python = ProcessInfo.processInfo.environment["PEM_PYTHON"] ?? "python3"
    private static let hasTorch = (try? run(["-c", "import torch, numpy"]).status) == 0
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Tools/reference/weights.py").standardizedFileURL.path

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// A network in small: STDC1's blocks, a head whose names have changed in their time, odd values and
    /// shapes.
    private static var tensors: [SavedTensor] {
        var random = SplitMix(state: 5)
        func tensor(_ name: String, _ shape: [Int]) -> SavedTensor {
            let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -2...2, using: &random) }
            return SavedTensor(name: name, shape: shape) { values }
        }
        let special: [Float] = [
            .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ]
        return (0..<8).map { tensor("backbone.features.\($0).conv.weight", [2, 1, 3, $0]) } + [
            tensor("sem_seg_head.pixel_decoder.out.conv.weight", [300, 7]),
            tensor("sem_seg_head.predictor.query_feat.weight", [5, 4]),
            tensor("sem_seg_head.predictor.class_embed.bias", [4]), tensor("scalar", []),
            tensor("empty é", [0, 3]),
            SavedTensor(name: "special", shape: [5]) { special },
        ]
    }

    @Test func whatIsWrittenIsRead() throws {
        let scratch = try Scratch()
        try SafetensorsFile.write(Self.tensors, to: scratch.path + "/a.safetensors")
        try TorchFile.writeOfficial(Self.tensors, to: scratch.path + "/a.pth")
        let ours = try WeightArchive.open(path: scratch.path + "/a.safetensors")
        let torch = try WeightArchive.open(path: scratch.path + "/a.pth")
        #expect(torch.format == .torch)
        try expectSame(ours, torch)
        #expect(try torch.floats(named: "criterion.empty_weight") == [1, 1, 1, 0.1])
        #expect(torch.names.count == ours.names.count + 8 + 1)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/a.pth.partial"))
    }

    /// Swin's buffer beside a table for windows of 2 × 2, as int64; it is no tensor of ours.
    @Test func indicesOfPositions() throws {
        let scratch = try Scratch()
        let name = "backbone.layers.0.blocks.0.attn.relative_position_"
        let table = SavedTensor(name: name + "bias_table", shape: [9, 2]) { (0..<18).map(Float.init) }
        try TorchFile.writeOfficial([table], to: scratch.path + "/swin.pth")
        let file = try WeightArchive.open(path: scratch.path + "/swin.pth")
        let entry = try #require(file.entry(named: name + "index"))
        #expect(entry.shape == [4, 4] && entry.type == .i64)
        #expect(
            try file.floats(named: name + "index") == [4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4])
        #expect(try RenamedWeights(file, maps: [.detectron2]).names == [name + "bias_table"])
    }

    @Test func bytesDoNotDependOnOrder() throws {
        let scratch = try Scratch()
        try TorchFile.writeOfficial(Self.tensors, to: scratch.path + "/1.pth")
        try TorchFile.writeOfficial(Self.tensors.reversed(), to: scratch.path + "/2.pth")
        let written = try ["/1.pth", "/2.pth"].map {
            try Data(contentsOf: URL(fileURLWithPath: scratch.path + $0))
        }
        #expect(written[0] == written[1])
    }

    /// Every tensor of `ours`, under its official name, bit for bit.
    private func expectSame(_ ours: WeightArchive, _ other: WeightArchive) throws {
        let renamed = try RenamedWeights(other, maps: allMaps)
        #expect(renamed.names == ours.names)
        for name in ours.names {
            #expect(renamed.shape(named: name) == ours.entry(named: name)?.shape)
            #expect(
                try renamed.floats(named: name).map(\.bitPattern)
                    == ours.floats(named: name).map(\.bitPattern), "\(name)")
        }
    }

    @Test(.enabled(if: hasTorch, "torch cannot be imported by \(python); PEM_PYTHON names another Python"))
    func torchReadsOursAndWeReadTorchs() throws {
        let scratch = try Scratch()
        let (first, again) = (scratch.path + "/first.pth", scratch.path + "/again.pth")
        try TorchFile.writeOfficial(Self.tensors, to: first)
        let archive = try WeightArchive.open(path: first)
        var expected: [String: Any] = [:]
        for name in archive.names {
            let bits = try archive.floats(named: name).map { Int(Int32(bitPattern: $0.bitPattern)) }
            expected[name] = ["shape": try #require(archive.entry(named: name)).shape, "bits": bits]
        }
        let list = scratch.path + "/expected.json"
        try JSONSerialization.data(withJSONObject: expected).write(to: URL(fileURLWithPath: list))
        let result = try Self.run([Self.script, "--check", first, "--against", list, "--save", again])
        #expect(result.status == 0 && result.output.contains("same bits"), "\(result.output)")
        try SafetensorsFile.write(Self.tensors, to: scratch.path + "/a.safetensors")
        try expectSame(
            try WeightArchive.open(path: scratch.path + "/a.safetensors"), try WeightArchive.open(path: again)
        )
        #expect(try WeightArchive.open(path: again).floats(named: "backbone.x2.0.0.conv.weight").isEmpty)
    }

    /// A network of each layout in small, and what torch makes of the classes.
    private static let layouts: [(layout: TorchLayout, name: String, names: [String], classes: String)] = [
        (.detectron2, "detectron2", ["backbone.stem.conv1.weight", "sem_seg_head.predictor.query_feat.weight"], ""),
        (.pidNet, "pidnet", ["conv1.0.weight", "final_layer.conv2.weight", "layer5.0.conv1.weight"], ""),
        (
            .mmsegmentation, "mmsegmentation", ["backbone.patch_embed1.proj.weight", "decode_head.linear_pred.bias"],
            "('road', 'Straße') [[128, 64, 128], [0, 255, 7]]"
        ),
    ]

    private func write(_ index: Int, to path: String, classes: Bool = true) throws -> [SavedTensor] {
        let tensors = Self.layouts[index].names.enumerated().map { index, name in
            SavedTensor(name: name, shape: [2, 1]) { [Float(index), -0.5] }
        }
        let known = TorchClasses(names: ["road", "Straße"], colors: [[128, 64, 128], [0, 255, 7]])
        try TorchFile.writeOfficial(
            tensors, layout: Self.layouts[index].layout, classes: classes ? known : nil, to: path)
        return tensors
    }

    @Test(arguments: layouts.indices, [true, false]) func everyLayoutIsReadBack(index: Int, hasClasses: Bool) throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.pth"
        let tensors = try write(index, to: path, classes: hasClasses)
        try SafetensorsFile.write(tensors, to: scratch.path + "/a.safetensors")
        let read = try WeightArchive.open(path: path)
        try expectSame(try WeightArchive.open(path: scratch.path + "/a.safetensors"), read)
        #expect(read.prefix == (Self.layouts[index].name == "pidnet" ? "model." : ""))
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        let describesClasses = Self.layouts[index].layout.describesClasses
        #expect(text.contains("meta") || !describesClasses)
        #expect(text.contains("CLASSES") == (describesClasses && hasClasses))
    }

    @Test(
        .enabled(if: hasTorch, "torch cannot be imported by \(python); PEM_PYTHON names another Python"),
        arguments: layouts.indices)
    func torchReadsEveryLayout(index: Int) throws {
        let scratch = try Scratch()
        let (path, list) = (scratch.path + "/a.pth", scratch.path + "/expected.json")
        var expected: [String: Any] = [:]
        for (place, tensor) in try write(index, to: path).enumerated() {
            let bits = [Float(place), -0.5].map { Int(Int32(bitPattern: $0.bitPattern)) }
            expected[tensor.name] = ["shape": [2, 1], "bits": bits]
        }
        try JSONSerialization.data(withJSONObject: expected).write(to: URL(fileURLWithPath: list))
        let (_, layout, _, classes) = Self.layouts[index]
        let result = try Self.run([Self.script, "--check", path, "--against", list, "--layout", layout])
        #expect(result.status == 0 && result.output.contains("same bits"), "\(result.output)")
        #expect(classes.isEmpty || result.output.contains(classes), "\(result.output)")
    }

    @Test(.enabled(if: hasTorch, "torch cannot be imported by \(python); PEM_PYTHON names another Python"))
    func freshFilesAreRead() throws {
        let scratch = try Scratch()
        let result = try Self.run([Self.script, "--into", scratch.path, "--seed", "7"])
        #expect(result.status == 0, "\(result.output)")
        let fixtures = try WeightFixtures(folder: scratch.path)
        for name in WeightFixtures.names { try fixtures.check(name) }
    }

    /// What the official Swin Transformer's strict loading asks for beside its weights.
    @Test func indicesOfWindows() throws {
        let scratch = try Scratch()
        let table = "backbone.layers.0.blocks.0.attn.relative_position_bias_table"
        // Windows of 2 × 2.
        let tensor = SavedTensor(name: table, shape: [9, 3]) { Array(repeating: 1, count: 27) }
        try TorchFile.writeOfficial([tensor], to: scratch.path + "/a.pth")
        let archive = try WeightArchive.open(path: scratch.path + "/a.pth")
        let index = "backbone.layers.0.blocks.0.attn.relative_position_index"
        #expect(archive.names == [table, index])
        #expect(archive.entry(named: index)?.shape == [4, 4] && archive.entry(named: index)?.type == .i64)
        #expect(
            try archive.floats(named: index) == [4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4])
        #expect(try archive.floats(named: table) == Array(repeating: 1, count: 27))
    }
}
