import ArgumentParser
import Commands
import Datasets

@main
struct PEMData: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-data",
        abstract: "Make a synthetic data set; prepare, check, count or look at a real one.",
        discussion: """
            A data set is named as in configurations. Under the root:
            \(DatasetFamily.all.map { "  \($0.name): " + $0.members.map(\.name).joined(separator: ", ") }
                .joined(separator: "\n"))
            Your own images, described by a JSON file:
              folder:camvid.json:train
            The root is --root, or the environment variable DETECTRON2_DATASETS, or Datasets.

            EXAMPLES
              pem-data synth --output Datasets/demo/cityscapes --images 64 --size 256x512
              pem-data check cityscapes_fine_sem_seg_train --root Datasets/demo
              pem-data prepare cityscapes --root /data
              CAMVID_ROOT=/path/to/camvid pem-data check Configs/camvid.json
              pem-data browse folder:Configs/camvid.json:train --root /data/camvid --output output/camvid
              pem-data stats ade20k_sem_seg_val --root /data
            """,
        version: CommandRunner.version,
        subcommands: [Synth.self, Prepare.self, Check.self, Stats.self, Browse.self])
}
