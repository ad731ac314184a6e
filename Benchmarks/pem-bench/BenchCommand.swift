import ArgumentParser
import Foundation
import Tensors

/// Measures the targets of the project as ratios to SGEMM in the same process.
@main struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-bench",
        abstract: "Measure inference and training as ratios to SGEMM in the same process.",
        discussion: """
            T is the time that OpenBLAS SGEMM would take for the multiply-adds of one image (counted as the papers \
            do) at the rate P measured between the rounds; a training step has 3 T for each image. Times and P are \
            the best of the rounds. Memory is the largest resident size, the weights included.

            EXAMPLE: pem-bench --rounds 5 --threads 2
            """)

    @Option(help: "Rounds of each measurement; the best counts.")
    var rounds = 5

    @Option(help: "Worker threads (default: all cores).")
    var threads: Int?

    @Option(help: "Folder of the configurations.")
    var configs = "Configs"

    @Flag(help: "Leave training out.")
    var inferenceOnly = false

    func validate() throws {
        guard rounds > 0, threads ?? 1 > 0 else { throw ValidationError("--rounds and --threads must be at least 1") }
    }

    func run() throws {
        if let threads { ThreadPool.setThreadCount(threads) }
        print("threads \(ThreadPool.threadCount), best of \(rounds) rounds, SGEMM 2048×2048×2048 beside every round")
        print("| work | seconds | SGEMM GFLOP/s | ratio to T | target | peak memory |")
        print("|---|---|---|---|---|---|")
        for model in BenchModel.all {
            try row("inference 1024×2048, \(model.name)", target: model.inferenceTarget) {
                try model.inference(configs: configs)
            }
        }
        guard !inferenceOnly else { return }
        for model in BenchModel.all {
            try row("training step, batch 2 at 512×1024, \(model.name)", target: model.trainingTarget) {
                try model.training(configs: configs)
            }
        }
    }

    private func row(_ name: String, target: String, _ make: () throws -> BenchWork) throws {
        let result = try Measurement.best(of: rounds, try make())
        let ratio = result.seconds / (2 * result.multiplyAdds / (result.gigaflops * 1e9))
        print(
            String(
                format: "| %@ | %.3f | %.0f | %.2f T | %@ | %.2f GB |", name, result.seconds, result.gigaflops, ratio,
                target, Double(result.peakBytes) / 1e9))
    }
}
