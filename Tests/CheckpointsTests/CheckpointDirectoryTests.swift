import Checkpoints
import Foundation
import Testing

@Suite struct CheckpointDirectoryTests {
    private func save(_ directory: CheckpointDirectory, _ label: CheckpointDirectory.Label, step: Int) throws {
        let tensor = SavedTensor(name: "x", shape: [2]) { [Float(step), 1] }
        try directory.save(label, step: step, model: [tensor], state: [tensor], notes: ["seed": "1"])
    }

    @Test func theLastWholeCheckpointIsFound() throws {
        let scratch = try Scratch()
        let directory = try CheckpointDirectory(creating: scratch.path + "/run")
        #expect(directory.isEmpty)
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
        #expect(names == [
            "model_0000004.safetensors", "model_0000005.safetensors", "model_best.safetensors",
            "model_final.safetensors", "state_0000004.safetensors", "state_0000005.safetensors",
            "state_final.safetensors",
        ])
    }

    @Test func afterAFailedWriteTheOldFileStays() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        try AtomicFile.write("old", to: path)
        // A folder stands where the new content would be written aside.
        try FileManager.default.createDirectory(atPath: path + ".partial", withIntermediateDirectories: false)
        #expect(throws: CheckpointError.self) { try AtomicFile.write("new", to: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }
}
