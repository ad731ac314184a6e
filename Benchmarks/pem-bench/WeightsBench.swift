import Checkpoints
import Foundation
import Profiling
import Recipes

/// A large file of weights: how long opening it takes, and how loading compares with reading its bytes.
struct WeightsBench {
    let report: BenchReport
    let rounds: Int

    private static let tensorCount = 1000
    private static let valuesPerTensor = 1 << 18

    /// Writes, measures and removes the file. Throws `CheckpointError`.
    func run() throws {
        let path = NSTemporaryDirectory() + "pem-bench-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let values = (0..<Self.valuesPerTensor).map { Float($0) }
        let tensors = (0..<Self.tensorCount).map { index in
            SavedTensor(name: "layers.\(index).weight", shape: [512, 512]) { values }
        }
        try SafetensorsFile.write(tensors, to: path)
        _ = try read(path)
        var (opening, loading, reading) = ([Double](), [Double](), [Double]())
        for _ in 0..<rounds {
            var sum: Float = 0
            reading.append(try TimedRuns.time { _ = try read(path) })
            var file: WeightArchive?
            opening.append(try TimedRuns.time { file = try WeightArchive.open(path: path) })
            loading.append(
                try TimedRuns.time { for name in file?.names ?? [] { sum += try file?.floats(named: name)[0] ?? 0 } })
            precondition(sum == 0, "the first value of every tensor is 0")
        }
        report.section(
            "Files of weights",
            "A safetensors file of 1.05 GB in \(Self.tensorCount) tensors, in the system's cache; "
                + "cat: read(2) in blocks of 128 KB.",
            columns: ["open, ms", "load, s", "load, median", "cat, s", "cat, median", "load / cat"])
        report.row([
            String(format: "%.1f", 1000 * best(opening)), String(format: "%.3f", best(loading)),
            String(format: "%.3f", loading.median), String(format: "%.3f", best(reading)),
            String(format: "%.3f", reading.median), String(format: "%.2f", best(loading) / best(reading)),
        ])
    }

    /// What `cat FILE > /dev/null` does. Throws `CheckpointError.unreadable`.
    private func read(_ path: String) throws -> Int {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw CheckpointError.unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var block = [UInt8](repeating: 0, count: 128 * 1024)
        var total = 0
        while true {
            let count = block.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return total }
            total += count
        }
    }

    private func best(_ seconds: [Double]) -> Double { seconds.min() ?? 0 }
}
