import Foundation
import Testing

/// Damaged files given to a reader that must take anything: it returns or throws its own error, within a second,
/// and does not crash. PEM_MUTATIONS sets how many; then the figures are printed, for a process that does
/// nothing else.
package struct FuzzRun {
    private static let wanted = ProcessInfo.processInfo.environment["PEM_MUTATIONS"].flatMap(Int.init)

    /// Inputs that the reader refused.
    package private(set) var refused = 0
    /// Inputs given.
    package let count = wanted ?? 1000
    private let name: String
    private let path: String
    private var slowest = 0.0

    /// `path` is where each input is written; after a crash the last one is still there.
    package init(_ name: String, path: String) { (self.name, self.path) = (name, path) }

    /// Reads `count` inputs. `repair` is given every second one: it makes checksums right, so that what lies
    /// behind them is reached. Throws what `read` throws, but for `Refusal`s.
    package mutating func read<Refusal: Error>(
        _ originals: [[UInt8]], tokens: [String] = [], refusal: Refusal.Type,
        repair: ([UInt8]) -> [UInt8] = { $0 }, _ read: (_ path: String) throws -> Void
    ) throws {
        var files = DamagedFiles(originals, tokens: tokens)
        let url = URL(fileURLWithPath: path)
        let (start, memory) = (ContinuousClock.now, Self.peakMegabytes)
        for _ in 0..<count {
            let damaged = files.next()
            try Data(files.coin() ? repair(damaged) : damaged).write(to: url)
            let before = threadSeconds()
            do { try read(path) } catch is Refusal { refused += 1 }
            slowest = max(slowest, threadSeconds() - before)
        }
        #expect(slowest < slowestAllowed, "\(name): an input took \(slowest) s")
        guard Self.wanted != nil else { return }
        let growth = Self.peakMegabytes - memory
        #expect(growth < 512, "\(name): \(growth) MB more than before")
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "fuzz \(name): \(count) inputs of \(originals.count) files in \(Int(seconds)) s, \(refused) refused, "
                + String(format: "slowest %.1f ms, ", 1000 * slowest)
                + "peak memory \(Self.peakMegabytes) MB (\(memory) MB before)")
    }

    /// The largest resident size of the process so far; 0 where the system does not say.
    private static var peakMegabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }
}

/// Seconds of this thread's work: other work on the machine does not count.
package func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// How long a hostile file may take: a second, and in a debug build more.
package var slowestAllowed: Double {
    #if DEBUG
        5
    #else
        1
    #endif
}
