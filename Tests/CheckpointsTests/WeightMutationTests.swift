import Checkpoints
import Foundation
import Testing

/// Whatever the bytes, opening and reading gives values or a `CheckpointError`. PEM_MUTATIONS raises the
/// count for each file (200000 for a thorough run).
@Suite struct WeightMutationTests {
    private static let count = ProcessInfo.processInfo.environment["PEM_MUTATIONS"].flatMap(Int.init) ?? 400

    @Test(arguments: [
        "plain.pth", "nochecksums.pth", "legacy.pth", "arrays0.pkl", "arrays2.pkl", "arrays5.pkl",
        "tensors4.pkl",
        "model.safetensors.index.json", "model-00001-of-00002.safetensors",
    ])
    func mutationsNeverCrash(_ name: String) throws {
        let fixtures = try WeightFixtures()
        let whole = [UInt8](try fixtures.bytes(name))
        let scratch = try Scratch()
        for number in 1...2 {
            let shard = "model-0000\(number)-of-00002.safetensors"
            try fixtures.bytes(shard).write(to: URL(fileURLWithPath: scratch.path + "/" + shard))
        }
        let path = scratch.path + "/mutation"
        var random = SplitMix(state: UInt64(name.utf8.count))
        var refused = 0
        for _ in 0..<Self.count {
            let bytes = Self.mutated(whole, &random)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do {
                let archive = try WeightArchive.open(path: path)
                for tensor in archive.names {
                    let entry = try #require(archive.entry(named: tensor))
                    #expect(try archive.floats(named: tensor).count == entry.shape.reduce(1, *))
                }
            } catch is CheckpointError {
                refused += 1
            }
        }
        #expect(refused > Self.count / 5, "\(refused) of \(Self.count) refused")
    }

    /// Bytes set, bits flipped, stretches copied, zeroed or cut out, the end cut off.
    private static func mutated(_ whole: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 16 {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let stretch = place..<min(bytes.count, place + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2, 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 4:
                let other = Int.random(in: 0...(bytes.count - stretch.count), using: &random)
                bytes.replaceSubrange(stretch, with: bytes[other..<other + stretch.count])
            case 5:
                for index in stretch { bytes[index] = [0, 0xFF, 0x7F].randomElement(using: &random) ?? 0 }
            case 6: bytes.removeSubrange(stretch)
            default: if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeLast(bytes.count / 3) }
            }
        }
        return bytes
    }
}
