import ArgumentParser
import Browsing
import Commands
import Datasets
import Files
import Recipes

/// `pem-data browse`.
struct Browse: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a data set: a contact sheet and a page with its images, labels and problems.",
        discussion: """
            NAME.png and NAME.html in the output folder show images of the data set with their labels and, with \
            --config, as training sees them; the page also has how often each class is there, the sizes of the images, \
            and what is wrong. Labels and images that do not belong together, a slip in a label map, an ignore label \
            that is a class, crops that lose what matters: all are seen here before the first step. The images are \
            drawn by --seed, rare classes first. The page is one file that fetches nothing.

              pem-data browse Configs/camvid.json --root /data/camvid --output output/camvid
              pem-data browse folder:Configs/camvid.json:train --root /data/camvid --output output/camvid \\
                --config Configs/camvid_sem.cfg INPUT.COLOR_AUG_SSD True
            """)

    @OptionGroup var argument: DatasetArgument

    @Option(help: ArgumentHelp("The folder for sheet and page.", valueName: "dir"))
    var output: String

    @Option(
        help: ArgumentHelp("A configuration, for training samples as its INPUT makes them.", valueName: "config"))
    var config: String?

    @Option(help: ArgumentHelp("Images at most.", valueName: "n"))
    var images = DatasetBrowser.Options().images

    @Option(help: ArgumentHelp("Training samples of each.", valueName: "n"))
    var samples = DatasetBrowser.Options().samples

    @Option(help: ArgumentHelp("Another seed, other images and samples.", valueName: "s"))
    var seed = DatasetBrowser.Options().seed

    @Flag(help: "Count and check all labels, not those of 500 images.")
    var full = false

    @Flag(help: Overwriting.help)
    var overwrite = false

    @Argument(parsing: .allUnrecognized, help: Settings.help)
    var settings: [String] = []

    func validate() throws {
        guard 1...1000 ~= images else { throw ValidationError("--images: expected 1 to 1000, got \(images)") }
        guard 1...16 ~= samples else { throw ValidationError("--samples: expected 1 to 16, got \(samples)") }
        if config == nil, !settings.isEmpty {
            throw ValidationError("Unexpected argument '\(settings[0])': keys of a configuration need --config")
        }
    }

    func run() throws {
        try CommandRunner.run {
            let setup = try config.map { try CommandRunner.setUp($0, settings) }
            var options = DatasetBrowser.Options()
            (options.images, options.samples, options.seed) = (images, samples, seed)
            options.depth = full ? .full : .bounded
            let folder = try OutputFolder(output, overwrites: overwrite) { print($0) }
            defer { folder.close() }
            for name in try argument.names() {
                let dataset = try argument.open(name) { print($0) }
                let mapper = setup?.configuration.trainingMapper(marksBoundaries: false)
                for path in try DatasetBrowser(dataset, mapper: mapper, options).write(to: folder) { print(path) }
            }
            return 0
        }
    }
}
