import Foundation
import TestSupport
import Testing

@Suite struct InstanceFlowTests {
    /// Trains on objects alone: cropped with Cityscapes' mapper, jittered with COCO's.
    @Test func trainsOnObjects() throws {
        let project = try TinyProject()
        let synth = try Command.run(
            "pem-data", ["synth", "--output", project.file("data/cityscapes"), "--images", "5", "--size", "64x128"])
        #expect(synth.status == 0, "\(synth.errors)")
        let name = "cityscapes_fine_instance_seg_train"
        let check = try Command.run("pem-data", ["check", name, "--root", project.file("data")])
        #expect(check.status == 0 && check.output.contains("bicycle"), "\(check.output) \(check.errors)")
        let settings = [
            "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('\(name)',)", "DATASETS.TEST", "()",
            "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "8", "MODEL.MASK_FORMER.TEST.SEMANTIC_ON", "False",
            "MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True", "SOLVER.MAX_ITER", "2",
        ]
        for mapper in [
            ["mask_former_instance"],
            ["coco_instance_lsj", "INPUT.IMAGE_SIZE", "96", "INPUT.MIN_SCALE", "0.3", "INPUT.PAD_TO_CROP", "False"],
        ] {
            let training = try project.train(mapper[0], settings + ["INPUT.DATASET_MAPPER_NAME"] + mapper)
            #expect(training.status == 0, "\(training.errors)")
            #expect(project.bytes(mapper[0] + "/model_final.safetensors") != nil)
        }

        // Objects are scored by Cityscapes' rules, in training and afterwards.
        let scored = settings + ["DATASETS.TEST", "('cityscapes_fine_instance_seg_val',)"]
        let mapper = ["INPUT.DATASET_MAPPER_NAME", "mask_former_instance"]
        let training = try project.train("scored", scored + mapper)
        #expect(training.status == 0, "\(training.errors)")
        let weights = ["--weights", project.file("scored/model_final.safetensors")]
        let evaluation = try Command.run("pem-eval", project.options("again") + weights + scored + mapper)
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        let tasks = try project.scores("scored")
        #expect(tasks.keys.sorted() == ["segm"] && tasks["segm"]?["AP50-bicycle"] != nil)
        #expect(try tasks == project.scores("again"))

        // A finished run owes no evaluation.
        let log = try #require(project.bytes("scored/metrics.jsonl"))
        for _ in 0..<2 {
            let resumed = try project.train("scored", scored + mapper + ["--resume"])
            #expect(resumed.status == 0 && resumed.output.contains("this run is finished"), "\(resumed.output)")
            #expect(project.bytes("scored/metrics.jsonl") == log)
        }

        // Pixels of classes are no objects.
        let semantic = ["DATASETS.TRAIN", "('cityscapes_fine_sem_seg_train',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "19"]
        let refused = try project.train(
            "refused", settings + ["INPUT.DATASET_MAPPER_NAME", "mask_former_instance"] + semantic)
        #expect(refused.status == 1 && refused.errors.contains("has no list of objects"), "\(refused.errors)")
    }

    /// Segments under COCO's jitter.
    @Test func trainsOnJitteredSegments() throws {
        let project = try TinyProject()
        let synth = try Command.run(
            "pem-data", ["synth", "--output", project.file("data/cityscapes"), "--images", "5", "--size", "64x128"])
        #expect(synth.status == 0, "\(synth.errors)")
        let training = try project.train(
            "run",
            [
                "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('cityscapes_fine_panoptic_train',)",
                "DATASETS.TEST", "()", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "19", "INPUT.DATASET_MAPPER_NAME",
                "coco_panoptic_lsj", "INPUT.IMAGE_SIZE", "64", "SOLVER.MAX_ITER", "2",
            ])
        #expect(training.status == 0, "\(training.errors)")
    }
}
