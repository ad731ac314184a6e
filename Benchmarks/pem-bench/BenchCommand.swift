import ArgumentParser
import Commands
import Engine
import Files
import Foundation
import Kernels
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

            --table measures inference of the configurations that follow: parameters, multiply-adds, seconds and their \
            ratio to T, images/s with the 95th percentile, peak memory. In each round every row has a turn at every \
            --size, in a process of its own. A configuration with =WEIGHTS behind it is scored on its DATASETS.TEST \
            first (mIoU, PQ); one that sees an image through windows (TEST.SLIDE) has two rows. --entry trains a \
            network of the papers on synthetic street scenes, for the same table; without configurations all of them. \
            What is trained and scored is kept in --folder and not done again, and a training that was interrupted \
            goes on: the same command once more. Times are of whole rounds, and begin anew.

            EXAMPLES
              pem-bench --quick
              pem-bench --weights-only
              pem-bench --against ../before/.build/release/pem-bench --pairs 9
              pem-bench --output Benchmarks/RESULTS.md
              pem-bench --table --output trained.md
              pem-bench --table cityscapes_sem.cfg cityscapes_sem_stdc1.cfg=stdc1.pth --size 1024x2048 --size 512x512 \\
                --output Benchmarks/COMPARISON.md --json comparison.json --plot Benchmarks/COMPARISON.svg
            """,
        version: CommandRunner.version)

    @Option(help: "Rounds of each measurement after one to warm up; the best counts.")
    var rounds = 5

    @Option(help: "Threads (default: one a core).")
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

    @OptionGroup(title: "Table of networks")
    var tableOptions: TableOptions

    @Option(help: "Compare with this build's pem-bench.")
    var against: String?

    @Option(help: "Pairs of runs of a comparison.")
    var pairs = 7

    @Option(help: "One row of the table of the targets alone, by its name.")
    var work: String?

    func validate() throws {
        guard rounds > 0, threads ?? 1 > 0, pairs > 0 else {
            throw ValidationError("--rounds, --threads and --pairs must be at least 1")
        }
        let table = tableOptions.table
        guard [quick, tasksOnly, kernelsOnly, weightsOnly, table].count(where: { $0 }) < 2 else {
            throw ValidationError(
                "--quick, --tasks-only, --kernels-only, --weights-only and --table exclude each other")
        }
        guard against == nil || !(tasksOnly || weightsOnly || table) else {
            throw ValidationError("--against compares the targets, or with --kernels-only the kernels")
        }
        let works = BenchModel.works(trains: true, configs: configs).map(\.name)
        guard work.map(works.contains) ?? true else {
            throw ValidationError("--work: expected one of\n" + works.joined(separator: "\n"))
        }
    }

    func run() throws { try CommandRunner.run(measure) }

    private func measure() throws -> Int32 {
        try CommandRunner.startThreads(threads)
        if let turn = tableOptions.tableTurn {
            try TableTurn.run(turn, console: Console())
            return 0
        }
        try prepareOutputs()
        let report = BenchReport()
        var status: Int32 = 0
        if tableOptions.table {
            status = try compareNetworks(report)
            if report.text.isEmpty { return status }
        } else if let against {
            let comparison = BuildComparison(other: against, pairs: pairs, rounds: rounds, threads: threads)
            try comparison.run(
                report, kernels: kernelsOnly, trains: !inferenceOnly, only: work, configs: configs)
        } else {
            try measure(report)
        }
        try write(report.text, to: output)
        return status
    }

    /// What can be known of the files to be written before anything is measured: they are different ones, in folders
    /// that are there or can be made, and none is another's.
    private func prepareOutputs() throws {
        let options = [("--output", output), ("--json", tableOptions.json), ("--plot", tableOptions.plot)]
        let files = options.compactMap { name, path in path.map { (name: name, path: $0) } }
        for (index, file) in files.enumerated() {
            let place = URL(fileURLWithPath: file.path).standardizedFileURL
            if let other = files[..<index].first(where: {
                URL(fileURLWithPath: $0.path).standardizedFileURL == place
            }) {
                throw ValidationError(
                    "\(other.name) and \(file.name): expected different files, got \(file.path) twice")
            }
            do throws(FileError) { try FileSystem.makeFolder(FileSystem.folder(of: file.path)) } catch {
                throw BenchFailure(description: "\(file.name): \(error)")
            }
            try FileList(beside: file.path, overwrites: overwrite).require(paths: [file.path])
        }
    }

    private func write(_ text: String, to path: String?) throws {
        guard let path else { return }
        try AtomicFile.write(text, to: path, listed: FileList(beside: path, overwrites: overwrite))
    }

    /// The table of networks, where one round was whole; returns the exit status.
    private func compareNetworks(_ report: BenchReport) throws -> Int32 {
        let bench = TableBench(
            options: tableOptions, rounds: rounds, configs: configs, compiler: Release.compiler, console: Console())
        let table = try bench.run()
        if let table {
            let picture = tableOptions.plot
            let isBeside = picture.map(FileSystem.folder) == output.map(FileSystem.folder)
            let address = isBeside ? picture.map { ($0 as NSString).lastPathComponent } : picture
            report.line(table.markdown(plot: address))
            try write(table.json(), to: tableOptions.json)
            try write(table.plot.svg, to: picture)
        }
        return Interruption.signal.map { 128 + $0 } ?? 0
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
        guard !kernelsOnly else { return }
        try WeightsBench(report: report, rounds: rounds).run()
        if try InstructionSet.wished() == nil, InstructionSet.best == .avx512 { try targetsWithAVX2(report) }
    }

    /// The table of the targets once more, as on a processor without AVX-512.
    private func targetsWithAVX2(_ report: BenchReport) throws {
        let arguments =
            ["--quick", "--rounds", "\(rounds)", "--configs", configs] + (threads.map { ["--threads", "\($0)"] } ?? [])
            + (inferenceOnly ? ["--inference-only"] : [])
        let text = try ChildProgram.own().output(arguments, environment: ["PEM_KERNELS": "avx2"])
        report.line()
        report.line("# With AVX2 kernels")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2) {
            report.line(String(line))
        }
    }

    private func describe(_ machine: Machine, _ report: BenchReport) {
        report.line()
        for line in machine.lines { report.line("- " + line) }
        report.line("- \(Release.compiler), \(Release.build)")
        report.line("- \(ThreadPool.threadCount) threads where nothing else is said")
        report.line("- best of \(rounds) rounds after one to warm up")
    }
}
