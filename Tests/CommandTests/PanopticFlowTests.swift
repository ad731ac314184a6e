import Foundation
import TestSupport
import Testing

@Suite struct PanopticFlowTests {
    /// Trains on segments and scores them, from a data set whose panoptic files are made on the way.
    @Test func trainsAndScoresSegments() throws {
        let project = try TinyProject()
        let data = project.file("data/cityscapes")
        let synth = try Command.run("pem-data", ["synth", "--output", data, "--images", "5", "--size", "64x128"])
        #expect(synth.status == 0, "\(synth.errors)")
        try FileManager.default.removeItem(atPath: data + "/gtFine/cityscapes_panoptic_train.json")
        let settings = [
            "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('cityscapes_fine_panoptic_train',)",
            "DATASETS.TEST", "('cityscapes_fine_panoptic_val',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "19",
            "INPUT.DATASET_MAPPER_NAME", "mask_former_panoptic", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True",
            "SOLVER.MAX_ITER", "2",
        ]
        let training = try project.train("run", settings)
        #expect(training.status == 0, "\(training.errors)")
        #expect(training.output.contains("making the panoptic annotations of 4 images of train"))
        let trained = try project.scores("run")
        #expect(trained.keys.sorted() == ["cityscapes", "panoptic_seg", "sem_seg"])

        let options = ["--weights", project.file("run/model_final.safetensors")]
        let evaluation = try Command.run("pem-eval", project.options("scores") + options + settings)
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        let scored = try project.scores("scores")
        #expect(scored == trained)
        let panoptic = try #require(scored["panoptic_seg"])
        let labels = try #require(scored["sem_seg"])
        for name in ["mIoU", "IoU", "iIoU", "IoU_sup", "iIoU_sup"] { #expect(labels[name] != nil, "\(name)") }
        let official = try #require(scored["cityscapes"]?["averageScoreClasses"] ?? nil)
        // JSON's reader may be off by the last digit.
        let mean = try #require(labels["IoU"] ?? nil)
        #expect(abs(mean - 100 * official) < 1e-9)
        for rules in ["detectron2's rules", "Cityscapes' rules", "COCO's rules"] {
            #expect(evaluation.output.contains(rules), "\(evaluation.output)")
        }
        for name in ["PQ", "SQ", "RQ", "PQ_th", "PQ_st", "PQ-road"] { #expect(panoptic[name] != nil, "\(name)") }

        // Semantic labels alone are no segments.
        let semantic = settings + ["DATASETS.TRAIN", "('cityscapes_fine_sem_seg_train',)"]
        let refused = try project.train("refused", semantic)
        #expect(refused.status == 1 && refused.errors.contains("has no panoptic annotation"), "\(refused.errors)")
    }
}
