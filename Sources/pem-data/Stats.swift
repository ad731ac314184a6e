import ArgumentParser
import Commands
import Datasets
import Foundation

/// `pem-data stats`.
struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count a data set, as JSON on standard output.",
        discussion: """
            What pem-data check shows, for programs: {"datasets": [...]}, one a split, each with the sizes of its \
            images, pixels, share, images and loss weight of each class, the ignored pixels, least, mean and most of \
            classes, segments and objects in an image, problems that forbid training, and warnings. Problems are no \
            failure here.

              pem-data stats cityscapes_fine_sem_seg_val --root /data
              pem-data stats Configs/camvid.json --root /data/camvid > camvid.json
            """)

    private struct Output: Encodable {
        let datasets: [DatasetStatistics]
    }

    @OptionGroup var argument: DatasetArgument

    @Flag(help: "Read the labels of 500 images at most, spread evenly.")
    var quick = false

    func run() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try CommandRunner.run {
            let statistics = try argument.names().map { name in
                let dataset = try argument.open(name) { note in
                    try? FileHandle.standardError.write(contentsOf: Data((note + "\n").utf8))
                }
                return DatasetStatistics(dataset.inspect(quick ? .bounded : .full), dataset.classes)
            }
            print(String(decoding: try encoder.encode(Output(datasets: statistics)), as: UTF8.self))
            return 0
        }
    }
}
