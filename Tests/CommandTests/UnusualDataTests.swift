import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// What data sets and settings of users bring again and again: two steps and an evaluation of every task go through.
@Suite(.serialized) struct UnusualDataTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The description of the data set.
        var data = "objects.json"
        var settings: [String] = []
        var configurations = ["tiny.cfg", "swin.cfg"]
    }

    private static let cases = [
        Case(testDescription: "no target", data: "corners.json", settings: ["INPUT.CROP.SIZE", "[24, 40]"]),
        Case(testDescription: "one class", data: "one.json", settings: ["MODEL.SEM_SEG_HEAD.NUM_CLASSES", "1"]),
        Case(
            testDescription: "more targets than queries", settings: ["MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "2"]),
        // Windows of 48 pixels in res2.
        Case(
            testDescription: "less than a window",
            settings: ["MODEL.SWIN.WINDOW_SIZE", "12", "INPUT.CROP.SIZE", "[24, 40]", "INPUT.MIN_SIZE_TEST", "24"]),
        Case(
            testDescription: "sides that no stride divides",
            settings: ["INPUT.CROP.SIZE", "[53, 71]", "INPUT.MIN_SIZE_TEST", "51"]),
        // PEM asks for multiples of 32.
        Case(
            testDescription: "sides that nothing pads",
            settings: [
                "INPUT.CROP.SIZE", "[53, 71]", "INPUT.MIN_SIZE_TEST", "51", "MODEL.MASK_FORMER.SIZE_DIVISIBILITY", "0",
            ], configurations: ["swin.cfg"]),
    ]

    /// Descriptions of the tiny data set that tell objects apart: as it is (`objects.json`), of its ground alone
    /// (`one.json`), and with labels in a corner that crops miss (`corners.json`).
    private func describe(_ project: TinyProject) throws {
        let text = String(decoding: try #require(project.bytes("tiny.json")), as: UTF8.self)
        let objects = text.replacingOccurrences(of: "\"classes\"", with: "\"instances\": \"connected\", \"classes\"")
        let corners = objects.replacingOccurrences(of: "labels/train", with: "labels/corners")
        let one = """
            {
              "classes": [{"name": "ground", "thing": true}], "label_map": {"0": 0, "1": 255, "2": 255},
              "instances": "connected",
              "train": {"images": "images/train", "labels": "labels/train"},
              "val": {"images": "images/val", "labels": "labels/val"}
            }
            """
        for (name, content) in [("objects", objects), ("corners", corners), ("one", one)] {
            try content.write(toFile: project.file(name + ".json"), atomically: true, encoding: .utf8)
        }
        try FileManager.default.createDirectory(
            atPath: project.file("labels/corners"), withIntermediateDirectories: true)
        var labels = LabelImage(size: ImageSize(height: 64, width: 128), fill: [255])
        labels.values[0] = 0
        for index in 0..<5 {
            try ImageFile.writePNG(labels: labels, bits: 8, to: project.file("labels/corners/street\(index).png"))
        }
    }

    @Test(arguments: cases.flatMap { part in part.configurations.map { ($0, part) } })
    func trainsAndIsScored(configuration: String, part: Case) throws {
        let project = try TinyProject()
        try describe(project)
        let name = part.data.dropLast(5)
        let settings = [
            "DATASETS.TRAIN", "('folder:\(project.file(part.data)):train',)", "DATASETS.TEST",
            "('folder:\(project.file(part.data)):val',)", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True",
            "MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True", "SOLVER.MAX_ITER", "2",
        ]
        let result = try Command.run("pem-train", project.options("run", configuration) + settings + part.settings)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("training on 5 images of \(name)_train"), "\(result.output)")
        let lines = String(decoding: try #require(project.bytes("run/metrics.jsonl")), as: UTF8.self)
        let steps = try lines.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }.filter { $0["loss_ce"] != nil }
        #expect(steps.count == 2)
        for step in steps {
            // Without targets, all queries learn that they are nothing, and there are no masks to learn.
            let masks = try #require(step["loss_mask"] as? Double) + #require(step["loss_dice"] as? Double)
            #expect((masks == 0) == (part.data == "corners.json") && masks.isFinite)
            #expect(try #require(step["loss_ce"] as? Double) > 0)
            #expect(try #require(step["total_loss"] as? Double).isFinite)
        }
        let scores = try project.scores("run")
        #expect(Set(scores.keys) == ["sem_seg", "panoptic_seg", "segm"])
        #expect(try #require(scores["sem_seg"]?["mIoU"]) != nil)
    }
}
