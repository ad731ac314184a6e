import Annotations
import ArgumentParser
import Commands
import Engine
import Files
import Profiling
import Recipes
import Tensors

@main
struct ProfileCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-profile",
        abstract: "Show where a network's parameters, multiply-adds and time go.",
        discussion: """
            Runs the network of a configuration, with initial weights, on random pixels: from pixels in \
            memory to label maps, or with --train whole training steps (forward, criterion, backward, \
            optimizer). Lists stages and modules by official names: parameters, multiply-adds for one \
            image (of convolutions, linear layers and all matrix products; and as the papers count \
            them), and forward time. SGEMM is measured before and after each run; T is the time that it \
            would take for the same multiply-adds (training: three forward passes), so a ratio to T says \
            how near the program is to the machine's limit, however fast the machine is at the moment. Times \
            are the best of the runs, the median beside it.

            EXAMPLES
              One Cityscapes image through PEM-STDC1:
                pem-profile --config Configs/cityscapes_sem_stdc1.cfg

              ADE20K's size, the figures also as JSON:
                pem-profile --config Configs/ade20k_sem.cfg --size 512x683 --json profile.json

              A training step of two crops:
                pem-profile --config Configs/cityscapes_sem.cfg --train --size 512x1024 --batch 2

              Half the queries, on one thread:
                pem-profile --config Configs/cityscapes_sem.cfg --threads 1 \\
                  MODEL.MASK_FORMER.NUM_OBJECT_QUERIES 50
            """,
        version: CommandRunner.version)

    @Option(
        name: [.long, .customLong("config-file")],
        help: "Configuration: one of Configs/*.cfg, or an official YAML file.", completion: .configuration)
    var config: String

    @Option(help: ArgumentHelp("Height and width of the image.", valueName: "height x width"))
    var size = ImageSize(height: 1024, width: 2048)

    @Option(help: ArgumentHelp("Images of a run.", valueName: "n"))
    var batch = 1

    @Flag(help: "Measure training steps.")
    var train = false

    @Option(help: ArgumentHelp("Timed runs, after one to warm up.", valueName: "n"))
    var runs = 5

    @Option(help: ArgumentHelp("Threads (default: one a core).", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Also write the figures here.", valueName: "file"), completion: .file())
    var json: String?

    @Flag(help: Overwriting.help)
    var overwrite = false

    @Argument(parsing: .allUnrecognized, help: Settings.help)
    var settings: [String] = []

    func validate() throws {
        for (name, value) in [("--batch", batch), ("--runs", runs), ("--threads", threads ?? 1)] where value < 1 {
            throw ValidationError("\(name): expected at least 1, got \(value)")
        }
    }

    func run() throws {
        try CommandRunner.run {
            try CommandRunner.startThreads(threads)
            let setup = try CommandRunner.setUp(config, settings)
            let list = json.map { FileList(beside: $0, overwrites: overwrite) }
            if let json { try list?.require(paths: [json]) }
            var options = Profile.Options()
            (options.size, options.batch, options.trains, options.runs) = (size, batch, train, runs)
            let profile = Profile(try NetworkWork(setup.configuration), name: config, options)
            let console = Console()
            var done = 0
            let report = try profile.run { seconds in
                done += 1
                console.live("run \(done) of \(runs): \(seconds) s")
            }
            for line in report.lines { console.line(line) }
            if let json { try AtomicFile.write(try report.json(), to: json, listed: list) }
            return 0
        }
    }
}
