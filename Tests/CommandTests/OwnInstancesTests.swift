import Foundation
import TestSupport
import Testing

/// COCO instance lists of own categories, and of some of COCO's.
@Suite(.serialized) struct OwnInstancesTests {
    private let project: TinyProject

    init() throws {
        project = try TinyProject()
    }

    /// Lists of the pictures of `TinyProject`, each with a box; categories as they are given.
    private func write(_ categories: [(Int, String)], to path: (String) -> String, fileName: (String, Int) -> String)
        throws
    {
        for split in ["train", "val"] {
            let count = split == "train" ? 5 : 2
            let images = (0..<count).map {
                #"{"id": \#($0 + 1), "file_name": "\#(fileName(split, $0))", "width": 128, "height": 64}"#
            }
            let objects = (0..<count).map { index in
                let left = 20 + 12 * index
                return #"{"id": \#(index + 1), "image_id": \#(index + 1), "category_id": \#(categories[index % 2].0), "#
                    + #""area": 672, "bbox": [\#(left), 24, 24, 28], "iscrowd": 0, "segmentation": "#
                    + "[[\(left), 24, \(left + 24), 24, \(left + 24), 52, \(left), 52]]}"
            }
            let names = categories.map { #"{"id": \#($0), "name": "\#($1)"}"# }
            let file = path(split)
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try
                (#"{"images": [\#(images.joined(separator: ","))], "#
                + #""annotations": [\#(objects.joined(separator: ","))], "#
                + #""categories": [\#(names.joined(separator: ","))]}"#).write(
                    toFile: file, atomically: true, encoding: .utf8)
        }
    }

    private static let settings = [
        "INPUT.DATASET_MAPPER_NAME", "coco_instance_lsj", "INPUT.IMAGE_SIZE", "64", "INPUT.PAD_TO_CROP", "False",
        "MODEL.MASK_FORMER.TEST.SEMANTIC_ON", "False", "MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True", "SOLVER.MAX_ITER",
        "2", "TEST.EVAL_PERIOD", "0",
    ]

    private func scores(_ name: String) throws -> [String: Double?] {
        try #require(try project.scores(name)["segm"])
    }

    /// Evaluates the weights of "run" into "again", then its saved predictions into "files"; gives the latter result.
    private func evaluateAndScoreFiles(_ settings: [String]) throws -> Command.Result {
        let weights = ["--weights", project.file("run/model_final.safetensors")]
        let saved = ["--save-predictions", project.file("saved"), "--format", "coco-instances"]
        let evaluation = try Command.run("pem-eval", project.options("again") + weights + saved + settings)
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        let predictions = ["--predictions", project.file("saved"), "--format", "coco-instances"]
        let files = try Command.run("pem-eval", project.options("files") + predictions + settings)
        try #require(files.status == 0, "\(files.errors)")
        return files
    }

    /// Trained on, scored by COCO's rules, and scored alike from files.
    @Test func anOwnListTrainsAndScores() throws {
        try write([(7, "crack"), (3, "rust")], to: { project.file($0 + ".json") }) { _, index in "street\(index).png" }
        try #"""
        {"classes": [{"name": "crack", "category": 7}, {"name": "rust", "category": 3}],
         "train": {"images": "images/train", "instances_json": "train.json"},
         "val": {"images": "images/val", "instances_json": "val.json"}}
        """#.write(toFile: project.file("tiny.json"), atomically: true, encoding: .utf8)
        let check = try Command.run("pem-data", ["check", project.file("tiny.json")])
        #expect(check.status == 0 && check.output.contains("all is well"), "\(check.output)\(check.errors)")
        let settings = Self.settings + ["MODEL.SEM_SEG_HEAD.NUM_CLASSES", "2"]
        let training = try project.train("run", settings)
        try #require(training.status == 0, "\(training.errors)")
        let trained = try scores("run")
        #expect(trained["AP"] != nil && trained["AP-crack"] != nil && trained["AP-rust"] != nil)

        _ = try evaluateAndScoreFiles(settings)
        #expect(try scores("again") == trained && scores("files") == trained)
    }

    /// The network finds 80 categories, the list names two: these are scored.
    @Test func aFilteredListIsScoredOverWhatItNames() throws {
        let base = project.file("data/coco")
        try write(
            [(1, "person"), (3, "car")], to: { "\(base)/annotations/instances_\($0)2017.json" }
        ) { _, index in "street\(index).png" }
        for split in ["train", "val"] {
            try FileManager.default.copyItem(
                atPath: project.file("images/" + split), toPath: "\(base)/\(split)2017")
        }
        let settings =
            Self.settings + [
                "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('coco_2017_train',)", "DATASETS.TEST",
                "('coco_2017_val',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "80",
            ]
        let training = try project.train("run", settings)
        try #require(training.status == 0, "\(training.errors)")
        let trained = try scores("run")
        #expect(trained.keys.filter { $0.hasPrefix("AP-") }.sorted() == ["AP-car", "AP-person"])

        let files = try evaluateAndScoreFiles(settings)
        #expect(
            files.output.contains("predictions of categories that the ground truth does not list"), "\(files.output)")
        #expect(try scores("files") == trained)
    }

    /// Names that lead outside are refused by every command, and taken with the option or the key.
    @Test func namesThatLeadOutsideNeedTheOption() throws {
        let base = project.file("data/coco")
        try write(
            [(1, "person"), (3, "car")], to: { "\(base)/annotations/instances_\($0)2017.json" }
        ) { split, index in "../../../images/\(split)/street\(index).png" }
        for split in ["train", "val"] {
            try FileManager.default.createDirectory(atPath: "\(base)/\(split)2017", withIntermediateDirectories: true)
        }
        let settings =
            Self.settings + [
                "DATASETS.ROOT", project.file("data"), "DATASETS.TRAIN", "('coco_2017_train',)", "DATASETS.TEST",
                "('coco_2017_val',)", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "80",
            ]
        let check = ["check", "coco_2017_train", "--root", project.file("data")]
        let refusals = [
            try Command.run("pem-data", check), try project.train("refused", settings),
        ]
        for refused in refusals {
            #expect(refused.status == 1 && refused.errors.contains("--allow-outside"), "\(refused.errors)")
            #expect(refused.errors.contains("../../../images/train/street0.png"), "\(refused.errors)")
        }
        #expect(try Command.run("pem-data", check + ["--allow-outside"]).status == 0)
        #expect(try project.train("key", settings + ["DATASETS.ALLOW_OUTSIDE", "True"]).status == 0)
        let training = try project.train("run", settings + ["--allow-outside"])
        #expect(training.status == 0, "\(training.errors)")
        let evaluate =
            project.options("scores") + ["--weights", project.file("run/model_final.safetensors")] + settings
        #expect(try Command.run("pem-eval", evaluate).errors.contains("--allow-outside"))
        #expect(try Command.run("pem-eval", evaluate + ["--allow-outside"]).status == 0)
    }
}
