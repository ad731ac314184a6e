import ArgumentParser
import Commands
import Engine
import Files
import Foundation
import Profiling
import Tensors

/// Measures the project as ratios to SGEMM in the same process.
@main struct BenchCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-bench",
        abstract: "Measure inference, training and kernels as ratios to SGEMM in the same process.",
        discussion: """
            T is the time that OpenBLAS SGEMM, by the fastest of its kernel families on this processor, would take for \
            the multiply-adds of the work (of convolutions, linear layers, matrix products and the mixing of class \
            maps; a training step has three forward passes) at the rate measured \
            before and after each round, on the same number of threads. PEM_KERNELS=avx512, avx2 or \
            baseline forces the kernels and, for T too, the families. Times are the best of the rounds, the median \
            beside it. Memory is the largest resident size, the weights included. The result is Markdown.

            --against runs the works of the targets (or with --kernels-only the kernels) by this program and by \
            another build, in turns, each in a process of its own, and prints the median of the pairs' ratios, \
            least and most beside it: below 1 this program needs less. The other build runs in its own checkout, \
            with its own Configs.

            --table trains the papers' networks alike on synthetic street scenes, scores them and measures inference, \
            each into a folder of its own in --folder. What is finished there is not done again, and a training that \
            was interrupted goes on: the same command once more.

            EXAMPLES
              pem-bench --quick
              pem-bench --weights-only
              pem-bench --against ../before/.build/release/pem-bench --pairs 9
              pem-bench --output Benchmarks/RESULTS.md
              pem-bench --table --output Benchmarks/COMPARISON.md --overwrite
            """)

    @Option(help: "Rounds of each measurement after one to warm up; the best counts.")
    var rounds = 5

    @Option(help: "Worker threads (default: all cores).")
    var threads: Int?

    @Option(help: "Folder of the configurations.")
    var configs = "Configs"

    @Option(help: "Also write the Markdown here.")
    var output: String?

    @Flag(help: Overwriting.help)
    var overwrite = false

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

    @Flag(help: "The papers' networks, trained and measured, alone.")
    var table = false

    @Option(help: "Folder of what --table trains and measures.")
    var folder = "output/comparison"

    @Option(help: "Iterations of each network of --table (default: those of Configs/comparison/recipe.cfg).")
    var iterations: Int?

    @Option(help: "One network of --table alone (may be given again).")
    var entry: [String] = []

    @Option(help: "Compare with this build's pem-bench.")
    var against: String?

    @Option(help: "Pairs of runs of a comparison.")
    var pairs = 7

    @Option(help: "One row of the table of the targets alone, by its name.")
    var work: String?

    func validate() throws {
        guard rounds > 0, threads ?? 1 > 0, pairs > 0, iterations ?? 1 > 0 else {
            throw ValidationError("--rounds, --threads, --pairs and --iterations must be at least 1")
        }
        guard [quick, tasksOnly, kernelsOnly, weightsOnly, table].count(where: { $0 }) < 2 else {
            throw ValidationError(
                "--quick, --tasks-only, --kernels-only, --weights-only and --table exclude each other")
        }
        guard against == nil || !(tasksOnly || weightsOnly || table) else {
            throw ValidationError("--against compares the targets, or with --kernels-only the kernels")
        }
        guard table || iterations == nil && entry.isEmpty else {
            throw ValidationError("--iterations and --entry belong to --table")
        }
        let entries = TableEntry.all.map(\.name)
        guard entry.allSatisfy(entries.contains) else {
            throw ValidationError("--entry: expected one of\n" + entries.joined(separator: "\n"))
        }
        let works = BenchModel.works(trains: true, configs: configs).map(\.name)
        guard work.map(works.contains) ?? true else {
            throw ValidationError("--work: expected one of\n" + works.joined(separator: "\n"))
        }
    }

    func run() throws { try CommandRunner.run(measure) }

    private func measure() throws -> Int32 {
        try CommandRunner.startThreads(threads)
        let list = output.map { FileList(beside: $0, overwrites: overwrite) }
        if let output { try list?.require(paths: [output]) }
        let report = BenchReport()
        if table {
            guard try compareNetworks(report) else { return 128 + (Interruption.signal ?? SIGINT) }
        } else if let against {
            let comparison = BuildComparison(other: against, pairs: pairs, rounds: rounds, threads: threads)
            try comparison.run(
                report, kernels: kernelsOnly, trains: !inferenceOnly, only: work, configs: configs)
        } else {
            try measure(report)
        }
        if let output { try AtomicFile.write(report.text, to: output, listed: list) }
        return 0
    }

    private func measure(_ report: BenchReport) throws {
        let product = try MatrixProduct()
        report.line("# Benchmarks")
        report.line("Written by `make bench`; times compare within one machine only, ratios to T anywhere.")
        describe(product.machine, report)
        report.line("- SGEMM 2048×2048×2048 before and after every round, on as many threads")
        report.line("- T: the time of SGEMM for the multiply-adds of the work; a training step has 3 × forward")
        let tasks = TaskBench(report: report, rounds: rounds, configs: configs)
        if tasksOnly { return try tasks.run() }
        if weightsOnly { return try WeightsBench(report: report, rounds: rounds).run() }
        let networks = NetworkBench(report: report, rounds: rounds, configs: configs, product: product)
        if !kernelsOnly { try networks.targets(trains: !inferenceOnly, only: work) }
        if quick || work != nil { return }
        if !kernelsOnly {
            try tasks.run()
            try networks.scaling(trains: !inferenceOnly)
        }
        try KernelBench(report: report, rounds: rounds, product: product).run()
        if !kernelsOnly { try WeightsBench(report: report, rounds: rounds).run() }
    }

    private func describe(_ machine: Machine, _ report: BenchReport) {
        report.line()
        for line in machine.lines { report.line("- " + line) }
        report.line("- \(compiler), release build")
        report.line("- \(ThreadPool.threadCount) threads where nothing else is said")
        report.line("- best of \(rounds) rounds after one to warm up")
    }

    /// The table of the papers' networks; false where a signal ended it.
    private func compareNetworks(_ report: BenchReport) throws -> Bool {
        let product = try MatrixProduct()
        let console = Console()
        // A configuration that is wrong is told before hours of training.
        let works = try TableEntry.all.filter { entry.isEmpty || entry.contains($0.name) }.map { entry in
            let run = try TableRun(entry, folder: folder, iterations: iterations, configs: configs)
            return NetworkTable.Work(entry, identity: run.identity) { try run(rounds: rounds, product) }
        }
        try TableRun.makeData(in: folder, note: console.line)
        guard let results = try NetworkTable(folder: folder, note: console.line).results(works) else { return false }
        report.line("# The papers' networks beside each other")
        report.line("Written by `pem-bench --table`.")
        describe(product.machine, report)
        report.section("Networks", NetworkTable.explanation, columns: NetworkTable.columns)
        for (entry, result) in results { report.row(NetworkTable.row(entry, result)) }
        return true
    }

    private var compiler: String {
        #if compiler(>=6.4)
            "Swift 6.4 or newer"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }
}
