import Checkpoints
import Foundation
import TestSupport
import Testing

/// A flipped bit is found: at `--resume`, by `pem-convert --verify`, and before converting.
@Suite struct DamagedCheckpointTests {
    private let project: TinyProject

    init() throws {
        project = try TinyProject()
        let training = try project.train("run", ["DATASETS.TEST", "[]"])
        #expect(training.status == 0, "\(training.errors)")
    }

    private func flip(_ name: String) throws {
        var bytes = try #require(project.bytes(name))
        bytes[bytes.count - 100] ^= 16
        try bytes.write(to: URL(fileURLWithPath: project.file(name)))
    }

    private func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: project.file("run"))
        return Dictionary(uniqueKeysWithValues: names.map { ($0, project.bytes("run/" + $0) ?? Data()) })
    }

    @Test func resuming() throws {
        let whole = try contents()
        try flip("run/state_final.safetensors")
        let resumed = try project.train("run", ["DATASETS.TEST", "[]", "--resume"])
        #expect(resumed.status == 0 && resumed.output.contains("resuming after 6 of 8"), "\(resumed.errors)")
        #expect(
            resumed.output.contains("warning: checkpoint skipped: \(project.file("run/state_final.safetensors")) is"),
            "\(resumed.output)")
        for name in ["model_final.safetensors", "state_final.safetensors"] {
            #expect(project.bytes("run/" + name) == whole[name])
        }

        for name in whole.keys where name.hasPrefix("model_") { try flip("run/" + name) }
        let before = try contents()
        let refused = try project.train("run", ["DATASETS.TEST", "[]", "--resume"])
        #expect(refused.status == 1 && refused.errors.hasPrefix("error: "), "\(refused.output)")
        for name in ["none of them is whole", "model_0000002", "model_0000005", "model_final"] {
            #expect(refused.errors.contains(name), "\(refused.errors)")
        }
        #expect(try contents() == before)
    }

    @Test func verifying() throws {
        func convert(_ arguments: String...) throws -> Command.Result { try Command.run("pem-convert", arguments) }
        let model = project.file("run/model_final.safetensors")
        let (torch, raw) = (project.file("a.pth"), project.file("raw.safetensors"))
        #expect(try convert(model, torch).status == 0)
        for path in [model, torch] {
            let result = try convert("--verify", path)
            #expect(result.status == 0 && result.output.contains("whole: the bytes fit the digest"), "\(result)")
        }
        let header = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let bytes = [UInt8(header.utf8.count)] + Array(repeating: 0, count: 7) + Array(header.utf8) + [0, 0, 0, 0]
        try Data(bytes).write(to: URL(fileURLWithPath: raw))
        let unchecked = try convert("--verify", raw)
        #expect(unchecked.status == 0 && unchecked.output.contains("without a digest"), "\(unchecked)")

        try flip("run/model_final.safetensors")
        for arguments in [["--verify", model], [model, project.file("b.safetensors")]] {
            let result = try Command.run("pem-convert", arguments)
            #expect(result.status == 1 && result.errors.hasPrefix("error: \(model) is damaged: its bytes"), "\(result)")
        }
        #expect(project.bytes("b.safetensors") == nil)
        #expect(try convert("--verify", model, torch).status == 64)
    }
}
