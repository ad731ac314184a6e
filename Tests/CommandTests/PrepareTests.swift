import Foundation
import TestSupport
import Testing

/// `pem-data prepare`, and what can be done with what it makes.
@Suite struct PrepareTests {
    private static let fixtures =
        URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures"

    /// ADE20K as it is shipped: prepared, found in order, trained on by two augmentations, and scored.
    @Test(arguments: ["mask_former_panoptic", "detr_panoptic"])
    func ade20kFromItsArchivesToScores(mapper: String) throws {
        let project = try TinyProject()
        let root = project.file("data")
        try FileManager.default.copyItem(atPath: Self.fixtures + "/ADE20K/given", toPath: root)
        let prepared = try Command.run("pem-data", ["prepare", "ade20k", "--root", root])
        #expect(prepared.status == 0, "\(prepared.errors)")
        for kind in ["panoptic", "instance"] {
            #expect(prepared.output.contains("making the \(kind) annotations of 2 images of training"))
        }
        let check = try Command.run("pem-data", ["check", "ade20k_panoptic_val", "--root", root])
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.output.contains("ade20k_panoptic_val: 1 images, 150 classes"))
        let settings = [
            "DATASETS.ROOT", root, "DATASETS.TRAIN", "('ade20k_panoptic_train',)", "DATASETS.TEST",
            "('ade20k_panoptic_val',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "150", "INPUT.DATASET_MAPPER_NAME",
            mapper, "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True", "SOLVER.MAX_ITER", "2",
        ]
        let training = try project.train("run", settings)
        #expect(training.status == 0, "\(training.errors)")
        let results = String(decoding: try #require(project.bytes("run/results.json")), as: UTF8.self)
        #expect(results.contains("panoptic_seg") && results.contains("PQ_th"))
    }

    /// ADE20K-Full from its index to 847 classes in order.
    @Test func ade20kFullFromItsIndex() throws {
        let project = try TinyProject()
        let root = project.file("data")
        try FileManager.default.copyItem(atPath: Self.fixtures + "/ADE20KFull/given", toPath: root)
        let prepared = try Command.run("pem-data", ["prepare", "ade20k-full", "--root", root])
        #expect(prepared.status == 0, "\(prepared.errors)")
        #expect(prepared.output.contains("ade20k-full: making 4 images and their labels"))
        let check = try Command.run("pem-data", ["check", "ade20k_full_sem_seg_train", "--root", root])
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.output.contains("ade20k_full_sem_seg_train: 2 images, 847 classes"), "\(check.output)")
        #expect(project.bytes("data/ADE20K_2021_17_01/images_detectron2/training/ADE_train_00000002.jpg") != nil)
    }

    /// What is read as it is shipped needs no folder for that to be said.
    @Test func nothingToPrepareIsSaid() throws {
        let root = NSTemporaryDirectory() + "nothing-here"
        let result = try Command.run("pem-data", ["prepare", "mapillary", "--root", root])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.hasPrefix("mapillary: nothing to prepare"), "\(result.output)")
        #expect(result.output.contains("pem-data check takes mapillary_vistas_sem_seg_train"))
    }

    @Test(arguments: [
        ("cityscapes", "cityscapes/gtFine/train"), ("ade20k", "ADEChallengeData2016/images/training"),
        ("coco", "coco/train2017"), ("coco-stuff-10k", "coco/coco_stuff_10k/imageLists"),
        ("ade20k-full", "ADE20K_2021_17_01/images"),
    ])
    func aMissingFolderIsNamed(dataset: String, folder: String) throws {
        let root = NSTemporaryDirectory() + "nothing-here"
        let result = try Command.run("pem-data", ["prepare", dataset, "--root", root])
        #expect(result.status == 1 && result.errors.split(separator: "\n").count == 1)
        #expect(result.errors.contains("\(root)/\(folder): no such folder; set --root"), "\(result.errors)")
    }
}
