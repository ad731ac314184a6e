import ArgumentParser

/// Data sets: make one to try things out, and look whether one is in order.
@main
struct PEMData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-data",
        abstract: "Make a synthetic data set; prepare or check a real one.",
        discussion: """
            A data set is named as in configurations:
              cityscapes_fine_sem_seg_train   Cityscapes, under the root (also _val, _test)
              cityscapes_fine_panoptic_train  its segments (also _val)
              ade20k_sem_seg_train            ADE20K, under the root (also _val)
              ade20k_panoptic_train           its segments (also _val)
              coco_2017_train_panoptic        COCO, under the root (also _val_, _with_sem_seg)
              cityscapes_fine_instance_seg_train, ade20k_instance_train, coco_2017_train
                                              things alone, told apart (also _val)
              folder:camvid.json:train        your own images, described by a JSON file
            The root is --root, or the environment variable DETECTRON2_DATASETS, or Datasets.

            EXAMPLES
              pem-data synth --output Datasets/demo/cityscapes --images 64 --size 256x512
              pem-data check cityscapes_fine_sem_seg_train --root Datasets/demo
              pem-data prepare cityscapes --root /data
              CAMVID_ROOT=/path/to/camvid pem-data check Configs/camvid.json
            """,
        subcommands: [Synth.self, Prepare.self, Check.self])
}
