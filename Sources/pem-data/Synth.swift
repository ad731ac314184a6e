import Annotations
import ArgumentParser
import Commands
import Datasets
import Foundation

/// `pem-data synth`.
struct Synth: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write procedural street scenes in the full layout of Cityscapes.",
        discussion: """
            Pictures and their labelIds, labelTrainIds, instanceIds and panoptic files, one image in five for \
            val. The same seed gives the same files; some dozens of images hold all 19 classes. Call the \
            output folder cityscapes: the folder around it is the root to train with. Files that this program \
            did not write, or that were changed since, are not replaced without --overwrite.

              pem-data synth --output Datasets/demo/cityscapes --images 64
              pem-train --config Configs/demo.cfg DATASETS.ROOT Datasets/demo
            """)

    @Option(
        help: ArgumentHelp("The Cityscapes folder to write; made if it does not exist.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(help: ArgumentHelp("Images in all, 2 or more.", valueName: "n"))
    var images = 40

    @Option(help: ArgumentHelp("Height and width of the images, 32 to 8192 pixels each.", valueName: "HxW"))
    var size = ImageSize(height: 256, width: 512)

    @Option(help: ArgumentHelp("Another seed, other scenes.", valueName: "s"))
    var seed: UInt64 = 1

    @Flag(help: Overwriting.help)
    var overwrite = false

    func validate() throws {
        guard images >= 2 else {
            throw ValidationError("--images: expected 2 or more (train and val), got \(images)")
        }
        guard 32...8192 ~= size.height, 32...8192 ~= size.width else {
            throw ValidationError("--size: expected 32 to 8192 pixels each, got \(size.defaultValueDescription)")
        }
    }

    func run() throws {
        let scenes = SyntheticScenes(imageCount: images, size: size, seed: seed)
        let isTerminal = isatty(STDERR_FILENO) == 1
        try scenes.write(to: output, overwrites: overwrite) { done in
            guard isTerminal else { return }
            FileHandle.standardError.write(
                Data("\r\(done) of \(images) images\(done == images ? "\n" : "")".utf8))
        } note: {
            print($0)
        }
        let counts = scenes.splits.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        print("\(output): \(counts) images of \(size.defaultValueDescription) in Cityscapes' layout")
    }
}
