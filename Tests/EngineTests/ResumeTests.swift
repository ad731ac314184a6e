import Checkpoints
import Engine
import Foundation
import Testing

@Suite struct ResumeTests {
    /// What stops a run for good, as a kill does: nothing is saved on the way out.
    private struct Killed: Error {}

    @Test(arguments: [1, 4, 5, 7, 9])
    func killedAndResumedEqualsNeverStopped(killedAfter: Int) throws {
        let whole = try TemporaryFolder()
        let reference = try TinyRun(whole.path)
        #expect(try reference.run(steps: 10) == .finished)

        let stopped = try TemporaryFolder()
        let first = try TinyRun(stopped.path)
        first.recorder.onStep = { if $0.step + 1 == killedAfter { throw Killed() } }
        #expect(throws: Killed.self) { try first.run(steps: 10) }
        let second = try TinyRun(stopped.path, resumes: true)
        #expect(second.resumedAt == (killedAfter > 5 ? 5 : 0))
        #expect(try second.run(steps: 10) == .finished)

        #expect(second.recorder.losses == Array(reference.recorder.losses.suffix(10 - second.resumedAt)))
        for name in ["model_final.safetensors", "state_final.safetensors"] {
            let bytes = try #require(whole.bytes(name))
            #expect(bytes == stopped.bytes(name), "\(name)")
        }
        #expect(try steps(in: stopped) == Array(0..<10))
    }

    @Test func aSignalSavesAndTheRestFollows() throws {
        let whole = try TemporaryFolder()
        _ = try TinyRun(whole.path).run(steps: 10)
        let stopped = try TemporaryFolder()
        let first = try TinyRun(stopped.path)
        var signal: Int32?
        first.recorder.onStep = { if $0.step == 2 { signal = 2 } }
        #expect(try first.run(steps: 10, interruption: { signal }) == .interrupted(signal: 2))
        #expect(first.recorder.steps.count == 3)
        let second = try TinyRun(stopped.path, resumes: true)
        #expect(second.resumedAt == 3)
        _ = try second.run(steps: 10)
        #expect(whole.bytes("model_final.safetensors") == stopped.bytes("model_final.safetensors"))
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        let folder = try TemporaryFolder()
        _ = try TinyRun(folder.path).run(steps: 9, checkpointPeriod: 3)
        for name in ["model_final.safetensors", "state_0000005.safetensors"] {
            let bytes = try #require(folder.bytes(name))
            try bytes.dropLast(7).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        #expect(try TinyRun(folder.path, resumes: true).resumedAt == 3)
    }

    @Test func onlyTheLastCheckpointsStay() throws {
        let folder = try TemporaryFolder()
        _ = try TinyRun(folder.path, keeps: 2).run(steps: 10, checkpointPeriod: 2)
        let models = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasPrefix("model_")
        }
        #expect(
            models.sorted() == [
                "model_0000005.safetensors", "model_0000007.safetensors", "model_final.safetensors",
            ])
    }

    @Test func aNewRunRefusesTheFolderOfAnother() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        try run.folder.requireUnused()
        _ = try run.run(steps: 2)
        let expected = EngineError.folderInUse(folder: folder.path, checkpoint: "model_final.safetensors")
        #expect(throws: expected) { try run.folder.requireUnused() }
    }

    @Test func aStateOfAnotherNetworkIsRefused() throws {
        let folder = try TemporaryFolder()
        _ = try TinyRun(folder.path).run(steps: 2)
        let state = try SafetensorsFile(path: folder.file("state_final.safetensors"))
        try SafetensorsFile.write(
            [SavedTensor(name: "exp_avg.layer.weight", shape: [2]) { [0, 0] }], metadata: state.metadata,
            to: folder.file("state_final.safetensors"))
        #expect {
            try TinyRun(folder.path, resumes: true)
        } throws: { error in
            guard case EngineError.foreignState(_, let reason) = error else { return false }
            return reason == "exp_avg.layer.weight has shape [2], the network wants [3, 5]"
        }
    }

    private func steps(in folder: TemporaryFolder) throws -> [Int] {
        let text = String(decoding: try #require(folder.bytes("metrics.jsonl")), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["iteration"] as? Int)
        }
    }
}
