import Foundation
import Kernels
import Profiling
import Tensors

/// Whole networks: inference from pixels in memory to label maps, and training steps.
struct NetworkBench {
    let report: BenchReport
    let rounds: Int
    let configs: String
    let product: MatrixProduct

    /// The table of the targets, or one work of it.
    func targets(trains: Bool, only work: String?) throws {
        report.section(
            "Targets",
            "One image of 1024×2048, of ADE20K's size and smaller ones, and a training step of two images; the "
                + "targets are those of the instruction set.",
            columns: ["work"] + TimedRuns.columns + ["95 %", "target", "peak memory"])
        for row in BenchModel.works(trains: trains, configs: configs) where work ?? row.name == row.name {
            let network = try row.model.network(configs: configs)
            let (multiplyAdds, measured) =
                row.isTraining
                ? try training(network, row.model.trainingSize) : try inference(network, row.model.size, batch: 1)
            let target = row.goal?.text(InstructionSet.chosen, cpu: product.machine.cpu) ?? ""
            report.row(
                [row.name] + measured.cells(multiplyAdds: multiplyAdds)
                    + [String(format: "%#.4g", measured.times.percentile(95)), target, measured.memoryCell])
        }
    }

    /// Sizes and batches with all threads, then sizes and training with one.
    func scaling(trains: Bool) throws {
        let threads = ThreadPool.threadCount
        let networks = try BenchModel.pem.map { ($0.name, try $0.network(configs: configs)) }
        for count in threads == 1 ? [1] : [threads, 1] {
            ThreadPool.setThreadCount(count)
            defer { ThreadPool.setThreadCount(threads) }
            let name = count == 1 ? "one thread" : "\(count) threads"
            try sizes(networks, name)
            guard count == threads else { continue }
            try batches(networks, name)
        }
        guard trains else { return }
        try trainingByThreads(networks, threads)
    }

    private func sizes(_ networks: [(name: String, network: NetworkWork)], _ threads: String) throws {
        report.section(
            "Inference by size, \(threads)",
            "Seconds for a megapixel stay the same where time grows linearly with pixels.",
            columns: ["network, size"] + TimedRuns.columns + ["seconds per megapixel"])
        for (name, network) in networks {
            for (height, width) in [(256, 512), (512, 1024), (1024, 2048)] {
                let (work, measured) = try inference(network, (height, width), batch: 1)
                let density = measured.seconds / (Double(height * width) / 1e6)
                report.row(
                    ["\(name), \(height)×\(width)"] + measured.cells(multiplyAdds: work)
                        + [String(format: "%.3f", density)])
            }
        }
    }

    private func batches(_ networks: [(name: String, network: NetworkWork)], _ threads: String) throws {
        report.section(
            "Inference by batch at 256×512, \(threads)", "T is that of the whole batch.",
            columns: ["network, batch"] + TimedRuns.columns + ["seconds per image"])
        for (name, network) in networks {
            for batch in [1, 2, 4, 8] {
                let (work, measured) = try inference(network, (256, 512), batch: batch)
                report.row(
                    ["\(name), \(batch)"] + measured.cells(multiplyAdds: work)
                        + [String(format: "%.4f", measured.seconds / Double(batch))])
            }
        }
    }

    private func trainingByThreads(_ networks: [(name: String, network: NetworkWork)], _ threads: Int) throws {
        report.section(
            "Training step by threads, batch 2 at 512×1024", "Forward, criterion, backward, update; T is 3 × forward.",
            columns: ["network, threads"] + TimedRuns.columns + ["images per second"])
        for (name, network) in networks {
            for count in threads == 1 ? [1] : [threads, 1] {
                ThreadPool.setThreadCount(count)
                defer { ThreadPool.setThreadCount(threads) }
                let (work, measured) = try training(network, (512, 1024))
                report.row(
                    ["\(name), \(count)"] + measured.cells(multiplyAdds: work)
                        + [String(format: "%.2f", 2 / measured.seconds)])
            }
        }
    }

    private func inference(
        _ network: NetworkWork, _ size: (height: Int, width: Int), batch: Int
    ) throws -> (multiplyAdds: Double, measured: TimedRuns) {
        let run = network.inference(height: size.height, width: size.width, batch: batch)
        let measured = try TimedRuns(runs: rounds, product, prepare: { { run(.evaluation) } })
        return (Double(batch * network.work(height: size.height, width: size.width).macs), measured)
    }

    private func training(
        _ network: NetworkWork, _ size: (height: Int, width: Int)
    ) throws -> (multiplyAdds: Double, measured: TimedRuns) {
        let batch = 2
        let run = network.trainingStep(height: size.height, width: size.width, batch: batch)
        let measured = try TimedRuns(runs: rounds, product, prepare: { { try run(.training) } })
        return (Double(3 * batch * network.work(height: size.height, width: size.width).products), measured)
    }
}
