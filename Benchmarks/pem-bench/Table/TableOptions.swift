import Annotations
import ArgumentParser
import Commands

/// What `--table` is asked for.
struct TableOptions: ParsableArguments {
    @Flag(
        help: """
            A table of networks: those of the configurations that follow, the rows taking turns. Without one, the \
            papers' networks, trained alike on synthetic street scenes.
            """)
    var table = false

    @Argument(
        help: ArgumentHelp(
            "Rows of --table: configurations, and with = behind them the weights to score on their DATASETS.TEST.",
            valueName: "configuration[=weights]"))
    var networks: [String] = []

    @Option(
        help: ArgumentHelp(
            "Size of the image of --table (may be given again; default: 1024x2048).", valueName: "height x width"))
    var size: [ImageSize] = []

    @Option(help: "Timed runs of a row of --table in each round, after one to warm up.")
    var runs = 3

    @Option(help: "Also write the figures of --table here, as JSON.")
    var json: String?

    @Option(help: "Also write a picture of --table here, as SVG: images/s against mIoU or multiply-adds.")
    var plot: String?

    @Option(help: "A network of the papers that --table trains (may be given again).")
    var entry: [String] = []

    @Option(help: "Iterations of each network that is trained (default: those of Configs/comparison/recipe.cfg).")
    var iterations: Int?

    @Option(help: "Folder of what --table trains and scores; what is finished there is not done again.")
    var folder = "output/comparison"

    /// A row's turn, in a process of its own.
    @Option(help: .hidden)
    var tableTurn: String?

    func validate() throws {
        guard runs > 0, iterations ?? 1 > 0 else {
            throw ValidationError("--runs and --iterations must be at least 1")
        }
        let names = TableEntry.all.map(\.name)
        guard entry.allSatisfy(names.contains) else {
            throw ValidationError("--entry: expected one of\n" + names.joined(separator: "\n"))
        }
        guard Set(size).count == size.count, Set(entry).count == entry.count else {
            throw ValidationError("--size and --entry: expected each only once")
        }
        let isBare =
            networks.isEmpty && entry.isEmpty && size.isEmpty && json == nil && plot == nil && iterations == nil
        guard table || isBare else {
            throw ValidationError("configurations, --size, --json, --plot, --entry and --iterations belong to --table")
        }
    }

    /// The sizes in their order.
    var sizes: [ImageSize] { size.isEmpty ? [ImageSize(height: 1024, width: 2048)] : size }

    /// The networks to be trained: those that are named; all where no configuration is named either.
    var entries: [TableEntry] {
        TableEntry.all.filter { entry.isEmpty ? networks.isEmpty : entry.contains($0.name) }
    }
}
