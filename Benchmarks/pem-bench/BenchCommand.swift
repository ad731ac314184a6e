import ArgumentParser
import Foundation
import Profiling
import Tensors

/// Measures the project as ratios to SGEMM in the same process.
@main struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-bench",
        abstract: "Measure inference, training and kernels as ratios to SGEMM in the same process.",
        discussion: """
            T is the time that OpenBLAS SGEMM would take for the multiply-adds of the work (of convolutions, linear \
            layers, matrix products and the mixing of class maps; a training step has three forward passes) at the \
            rate measured before and after each round, on the same number of threads. Times are the best of the \
            rounds, the median beside it. Memory is the largest resident size, the weights included. The result is \
            Markdown.

            EXAMPLES
              pem-bench --quick
              pem-bench --weights-only
              pem-bench --output Benchmarks/RESULTS.md
            """)

    @Option(help: "Rounds of each measurement after one to warm up; the best counts.")
    var rounds = 5

    @Option(help: "Worker threads (default: all cores).")
    var threads: Int?

    @Option(help: "Folder of the configurations.")
    var configs = "Configs"

    @Option(help: "Also write the Markdown here.")
    var output: String?

    @Flag(help: "The table of the targets alone.")
    var quick = false

    @Flag(help: "Semantic, panoptic and instance inference alone.")
    var tasksOnly = false

    @Flag(help: "The kernels alone.")
    var kernelsOnly = false

    @Flag(help: "Opening and loading a safetensors file of 1 GB alone, written to the temporary folder.")
    var weightsOnly = false

    @Flag(help: "Leave training out.")
    var inferenceOnly = false

    func validate() throws {
        guard rounds > 0, threads ?? 1 > 0 else { throw ValidationError("--rounds and --threads must be at least 1") }
        guard [quick, tasksOnly, kernelsOnly, weightsOnly].count(where: { $0 }) < 2 else {
            throw ValidationError("--quick, --tasks-only, --kernels-only and --weights-only exclude each other")
        }
    }

    func run() throws {
        if let threads { ThreadPool.setThreadCount(threads) }
        let report = BenchReport()
        report.line("# Benchmarks")
        report.line("Written by `make bench`; times compare within one machine only, ratios to T anywhere.")
        report.line()
        for line in Machine.lines { report.line(line) }
        report.line("- \(ThreadPool.threadCount) threads where nothing else is said")
        report.line("- best of \(rounds) rounds after one to warm up")
        report.line("- SGEMM 2048×2048×2048 before and after every round, on as many threads")
        report.line("- T: the time of SGEMM for the multiply-adds of the work; a training step has 3 × forward")
        let tasks = TaskBench(report: report, rounds: rounds, configs: configs)
        if tasksOnly { return try tasks.run() }
        if weightsOnly { return try WeightsBench(report: report, rounds: rounds).run() }
        let product = MatrixProduct()
        let networks = NetworkBench(report: report, rounds: rounds, configs: configs, product: product)
        if !kernelsOnly { try networks.targets(trains: !inferenceOnly) }
        if !kernelsOnly, !quick {
            try tasks.run()
            try networks.scaling(trains: !inferenceOnly)
        }
        if !quick { try KernelBench(report: report, rounds: rounds, product: product).run() }
        if !quick, !kernelsOnly { try WeightsBench(report: report, rounds: rounds).run() }
        if let output { try report.text.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
