import Checkpoints
import Files
import Foundation
import Synchronization
import Testing

@Suite struct CheckpointDirectoryTests {
    private func save(_ directory: CheckpointDirectory, _ label: CheckpointDirectory.Label, step: Int) throws {
        let tensor = SavedTensor(name: "x", shape: [2]) { [Float(step), 1] }
        try directory.save(label, step: step, model: [tensor], state: [tensor], notes: ["seed": "1"])
    }

    @Test func theLastWholeCheckpointIsFound() throws {
        let scratch = try Scratch()
        let directory = try CheckpointDirectory(creating: scratch.path + "/run")
        #expect(directory.latest() == nil)
        for step in [5, 10, 100] { try save(directory, .step(step), step: step) }
        #expect(directory.latest()?.step == 100)
        // Cut short, the newest is passed over; then one without its state.
        let newest = URL(fileURLWithPath: directory.modelPath(.step(100)))
        try Data(contentsOf: newest).dropLast(1).write(to: newest)
        #expect(directory.latest()?.step == 10)
        try FileManager.default.removeItem(atPath: directory.path + "/state_0000010.safetensors")
        #expect(directory.latest()?.step == 5 && directory.latest()?.state.metadata["seed"] == "1")
        try save(directory, .final, step: 600)
        #expect(directory.latest()?.step == 600)
    }

    @Test func pruningKeepsTheLastTheBestAndTheFinal() throws {
        let scratch = try Scratch()
        let directory = try CheckpointDirectory(creating: scratch.path)
        for step in 1...5 { try save(directory, .step(step), step: step) }
        try save(directory, .final, step: 5)
        try SafetensorsFile.write([], to: directory.bestPath)
        try Data([1]).write(to: URL(fileURLWithPath: directory.modelPath(.step(6)) + ".partial"))
        directory.prune(keeping: 2)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(
            names == [
                "model_0000004.safetensors", "model_0000005.safetensors", "model_best.safetensors",
                "model_final.safetensors", "state_0000004.safetensors", "state_0000005.safetensors",
                "state_final.safetensors",
            ])
    }

    @Test func afterAFailedWriteTheOldFileStays() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        try AtomicFile.write("old", to: path)
        let failure: @Sendable (FileSystem.Change) -> Int32? = { if case .create = $0 { EACCES } else { nil } }
        #expect(throws: FileError.self) {
            try FileSystem.watched(by: failure) { try AtomicFile.write("new", to: path) }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }

    /// Resumed from 5 because 100 was damaged: the damaged one must not push the good one out.
    @Test func pruningDoesNotCountDamagedCheckpoints() throws {
        let scratch = try Scratch()
        let directory = try CheckpointDirectory(creating: scratch.path)
        for step in [5, 100] { try save(directory, .step(step), step: step) }
        let newest = URL(fileURLWithPath: directory.modelPath(.step(100)))
        try Data(contentsOf: newest).dropLast(4).write(to: newest)
        try save(directory, .step(6), step: 6)
        directory.prune(keeping: 1)
        #expect(directory.latest()?.step == 6)
        #expect(!FileManager.default.fileExists(atPath: directory.modelPath(.step(5))))
    }

    /// Stopped between the two files: a state alone is no checkpoint, and is cleared away once later ones are whole.
    @Test func aStateWithoutItsModelIsPassedOver() throws {
        let scratch = try Scratch()
        let directory = try CheckpointDirectory(creating: scratch.path)
        for step in [1, 2] { try save(directory, .step(step), step: step) }
        unlink(directory.modelPath(.step(2)))
        #expect(directory.latest()?.step == 1)
        try save(directory, .step(3), step: 3)
        directory.prune(keeping: 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(names == ["model_0000003.safetensors", "state_0000003.safetensors"])
    }

    /// Another run in the same folder, stopped between its two files of the same step.
    @Test func filesOfTwoRunsAreNoPair() throws {
        let (scratch, other) = (try Scratch(), try Scratch())
        let directory = try CheckpointDirectory(creating: scratch.path)
        try save(directory, .step(7), step: 7)
        let tensor = SavedTensor(name: "x", shape: [1]) { [0] }
        try CheckpointDirectory(creating: other.path)
            .save(.step(7), step: 7, model: [tensor], state: [tensor], notes: ["seed": "2"])
        let state = "/state_0000007.safetensors"
        try FileManager.default.removeItem(atPath: scratch.path + state)
        try FileManager.default.copyItem(atPath: other.path + state, toPath: scratch.path + state)
        #expect(directory.latest() == nil)
    }

    /// A full disk, met with the first or the second file.
    @Test(arguments: [false, true])
    func aFullDiskLeavesTheOldFile(metWithTheModel: Bool) throws {
        let scratch = try Scratch()
        let directory = try CheckpointDirectory(creating: scratch.path)
        try save(directory, .step(1), step: 1)
        let path = directory.modelPath(.step(1))
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let files = Mutex(0)
        let failure: @Sendable (FileSystem.Change) -> Int32? = { change in
            guard case .create = change else { return nil }
            return files.withLock { count in
                count += 1
                return count == (metWithTheModel ? 2 : 1) ? ENOSPC : nil
            }
        }
        for step in [1, 2] {
            files.withLock { $0 = 0 }
            let error = #expect(throws: FileError.self) {
                try FileSystem.watched(by: failure) { try save(directory, .step(step), step: step) }
            }
            #expect(error?.isDiskFull == true)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(names == ["model_0000001.safetensors", "state_0000001.safetensors"])
        #expect(directory.latest()?.step == 1)
    }
}

extension CheckpointDirectory {
    func latest() -> Checkpoint? { search().checkpoint }
}
