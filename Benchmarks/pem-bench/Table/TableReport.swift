import Annotations
import Foundation
import Profiling

/// Networks beside each other: how they were measured, what each is, and the figures at each size. As JSON its keys are
/// in snake case.
package struct TableReport: Codable, Sendable {
    /// How everything was measured.
    package struct Setting: Codable, Sendable {
        let machine: Machine
        let compiler: String
        let threads: Int
        /// Rounds that were whole, and timed runs of a row in each.
        let rounds, runsPerRound: Int
        /// How many rounds there should have been.
        let plannedRounds: Int

        package init(
            machine: Machine, compiler: String, threads: Int, rounds: Int, runsPerRound: Int, plannedRounds: Int
        ) {
            (self.machine, self.compiler, self.threads) = (machine, compiler, threads)
            (self.rounds, self.runsPerRound, self.plannedRounds) = (rounds, runsPerRound, plannedRounds)
        }
    }

    /// The figures of a row at a size.
    package struct Row: Codable, Sendable {
        let title: String
        /// How many windows cover the image; 1: it is seen whole.
        let windows: Int
        /// Multiply-adds of all windows.
        let macs: Int
        /// The least, the median and the 95th percentile of `times`.
        let seconds, secondsMedian, secondsPercentile95: Double
        /// By the median.
        let imagesPerSecond: Double
        /// The best rate of SGEMM beside the runs.
        let sgemmGflops: Double
        /// `seconds` as a multiple of SGEMM's time for the multiply-adds.
        let ratioToSgemm: Double
        let peakBytes: Int
        /// Seconds of every run, in order.
        let times: [Double]

        package init(title: String, _ work: TableNetwork.Work, _ measured: TimedRuns) {
            (self.title, windows, macs) = (title, work.windows, work.macs)
            (seconds, secondsMedian) = (measured.seconds, measured.median)
            secondsPercentile95 = measured.times.percentile(95)
            imagesPerSecond = 1 / measured.median
            sgemmGflops = measured.gigaflops
            ratioToSgemm = measured.ratio(multiplyAdds: Double(work.macs))
            (peakBytes, times) = (measured.peakBytes, measured.times)
        }
    }

    /// The rows at a size, in pixels.
    package struct Size: Codable, Sendable {
        let height, width: Int
        let rows: [Row]

        package init(height: Int, width: Int, rows: [Row]) {
            (self.height, self.width, self.rows) = (height, width, rows)
        }
    }

    let setting: Setting
    /// Whether some were trained alike by the recipe of `TableEntry`.
    let hasTrained: Bool
    package let networks: [TableNetwork]
    package let sizes: [Size]

    package init(_ setting: Setting, hasTrained: Bool = false, networks: [TableNetwork], sizes: [Size]) {
        (self.setting, self.hasTrained, self.networks, self.sizes) = (setting, hasTrained, networks, sizes)
    }

    /// The report as JSON. Throws where a figure is not finite.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    func network(_ row: Row) -> TableNetwork? { networks.first { $0.title == row.title } }
}
