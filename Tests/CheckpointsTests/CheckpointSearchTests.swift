import Checkpoints
import Foundation
import Testing

/// Which checkpoint is taken, and what is said of those that are not.
@Suite struct CheckpointSearchTests {
    private let scratch: Scratch
    private let directory: CheckpointDirectory

    init() throws {
        scratch = try Scratch()
        directory = try CheckpointDirectory(creating: scratch.path)
        for step in [1, 2] { try save(.step(step), step: step) }
    }

    private func save(_ label: CheckpointDirectory.Label, step: Int, moment: Float = 1) throws {
        let model = SavedTensor(name: "x", shape: [2]) { [Float(step), 1] }
        let state = SavedTensor(name: "exp_avg.x", shape: [2]) { [0, moment] }
        try directory.save(label, step: step, model: [model], state: [state], notes: ["seed": "1"])
    }

    private func change(_ name: String, _ change: (inout Data) throws -> Void) throws {
        let url = URL(fileURLWithPath: scratch.path + "/" + name)
        var bytes = try Data(contentsOf: url)
        try change(&bytes)
        try bytes.write(to: url)
    }

    /// As a program wrote it that knew no digests.
    private func removeDigest(_ name: String) throws {
        try change(name) { bytes in
            let start = try #require(bytes.firstRange(of: Data(#""digest":"crc32:"#.utf8))).lowerBound
            let length = #""digest":"crc32:0123abcd","#.utf8.count
            let header = Int(bytes[0]) + 256 * Int(bytes[1])
            bytes.removeSubrange(start..<start + length)
            bytes.insert(contentsOf: Data(repeating: UInt8(ascii: " "), count: length), at: 8 + header - length)
        }
    }

    private func name(_ kind: String, _ step: Int) -> String { "\(kind)_000000\(step).safetensors" }

    private func texts(_ search: CheckpointDirectory.Search) -> [String] { search.skipped.map(\.description) }

    @Test(arguments: ["model", "state"], [-1, 20])
    func aFlippedBitIsSkippedAndNamed(kind: String, place: Int) throws {
        try change(name(kind, 2)) { $0[place < 0 ? $0.count + place : place] ^= 1 }
        let search = directory.search()
        #expect(search.checkpoint?.step == 1 && search.checkpoint?.isVerified == true)
        let text = try #require(texts(search).first)
        #expect(text.hasPrefix(scratch.path + "/" + name(kind, 2)) && search.skipped.count == 1, "\(text)")
    }

    @Test(arguments: [Float.nan, .infinity])
    func aStateThatIsNotFiniteIsSkipped(moment: Float) throws {
        try save(.step(3), step: 3, moment: moment)
        let search = directory.search()
        let problem = "tensor exp_avg.x has values that are not finite"
        #expect(search.checkpoint?.step == 2)
        #expect(search.skipped == [.damaged(path: scratch.path + "/" + name("state", 3), problem: problem)])
    }

    @Test func whereNoneIsWholeAllAreNamed() throws {
        try change(name("model", 1)) { $0.removeLast() }
        try change(name("state", 2)) { $0[$0.count - 3] ^= 64 }
        let search = directory.search()
        #expect(search.checkpoint == nil)
        let texts = texts(search)
        let found = [name("state", 2), name("model", 1)].map { name in texts.contains { $0.contains(name) } }
        #expect(found == [true, true] && texts.count == 2, "\(texts)")
    }

    @Test func checkpointsWithoutADigestAreTaken() throws {
        for kind in ["model", "state"] { try removeDigest(name(kind, 2)) }
        let search = directory.search()
        #expect(search.checkpoint?.step == 2 && search.checkpoint?.isVerified == false && search.skipped.isEmpty)
        // One that alone has none lost it.
        try removeDigest(name("state", 1))
        try change(name("model", 2)) { $0.removeLast() }
        #expect(directory.search().checkpoint == nil)
    }

    /// Two files belong to a checkpoint: where one is gone, it is said; what a killed writer began does not count.
    @Test func halfACheckpoint() throws {
        for path in [directory.modelPath(.step(1)), scratch.path + "/" + name("state", 2)] { unlink(path) }
        let texts = texts(directory.search())
        try #require(texts.count == 2 && texts[0].contains("\(name("state", 2)) is not beside it"), "\(texts)")
        #expect(texts[1].contains("\(name("model", 1)) is not beside it"))
        unlink(directory.modelPath(.step(2)))
        try Data().write(to: URL(fileURLWithPath: directory.modelPath(.step(1)) + ".partial"))
        let search = directory.search()
        #expect(search.checkpoint == nil && search.skipped.isEmpty)
    }

    /// Skipped for a flipped bit, a checkpoint must not push a good one out when it comes to pruning.
    @Test(arguments: [2, 9])
    func aSkippedCheckpointIsNotCounted(damaged step: Int) throws {
        try save(.step(step), step: step)
        try change(name("model", step)) { $0[$0.count - 1] ^= 1 }
        #expect(directory.latest()?.step == (step == 2 ? 1 : 2))
        try save(.step(3), step: 3)
        directory.prune(keeping: 2)
        try change(name("model", 3)) { $0.removeLast() }
        #expect(directory.latest()?.step == (step == 2 ? 1 : 2))
        // Saved again, it counts.
        for step in [step, step + 1] { try save(.step(step), step: step) }
        #expect(directory.latest()?.step == step + 1)
        directory.prune(keeping: 2)
        #expect(FileManager.default.fileExists(atPath: directory.modelPath(.step(step))))
    }

    /// A run goes on after its end: while the files of the end are replaced, another checkpoint is whole.
    @Test func aNewEndDoesNotCostTheOldOne() throws {
        try save(.final, step: 5)
        try save(.final, step: 8)
        try change("state_final.safetensors") { $0.removeLast() }
        #expect(directory.latest()?.step == 8)
    }
}
