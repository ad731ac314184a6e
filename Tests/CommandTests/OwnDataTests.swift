import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// Own data through the commands: what `pem-data check` says, what training and evaluation say before the first step,
/// and what the tables say afterwards.
@Suite(.serialized) struct OwnDataTests {
    private func describe(_ project: TinyProject, _ text: String) throws {
        try text.write(toFile: project.file("tiny.json"), atomically: true, encoding: .utf8)
    }

    private func check(_ project: TinyProject, _ more: [String] = []) throws -> Command.Result {
        try Command.run("pem-data", ["check", project.file("tiny.json")] + more)
    }

    private func relabel(_ project: TinyProject, _ label: (UInt16) -> UInt16) throws {
        for split in ["train", "val"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: project.file("labels/" + split)) {
                var image = try ImageFile.readLabels(project.file("labels/\(split)/\(name)"))
                image.values = image.values.map(label)
                try ImageFile.writePNG(labels: image, bits: 8, to: project.file("labels/\(split)/\(name)"))
            }
        }
    }

    private static let short = ["SOLVER.MAX_ITER", "1", "TEST.EVAL_PERIOD", "0"]

    /// Masks of 0 and 255: the second class is nowhere, and the scores look perfect.
    @Test func aClassThatNobodyLabelledIsTold() throws {
        let project = try TinyProject()
        try relabel(project) { $0 == 2 ? 255 : 0 }
        try describe(
            project,
            #"""
            {"classes": ["background", "lesion"], "train": {"images": "images/train", "labels": "labels/train"},
             "val": {"images": "images/val", "labels": "labels/val"}}
            """#)
        let absent = #"class 1 "lesion" has no pixel in the"#
        let advice = #"need "label_map": {"0": 0, "255": 1} with another "ignore_label""#
        let checked = try check(project)
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.output.contains("warning: tiny_train: \(absent) 5 label images read"), "\(checked.output)")
        #expect(checked.output.contains(advice) && !checked.output.contains("all is well"), "\(checked.output)")

        let training = try project.train("run", Self.short + ["MODEL.SEM_SEG_HEAD.NUM_CLASSES", "2"])
        #expect(training.status == 0, "\(training.errors)")
        let first = try #require(training.output.range(of: "iteration 1/1"))
        for text in ["warning: tiny_train: " + absent, "warning: tiny_val: " + absent, advice] {
            let place = try #require(training.output.range(of: text), "\(training.output)")
            #expect(place.lowerBound < first.lowerBound)
        }
        #expect(training.output.contains("mIoU of 1 of 2 classes "), "\(training.output)")

        let evaluation = try Command.run(
            "pem-eval",
            project.options("scores") + [
                "--weights", project.file("run/model_final.safetensors"), "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "2",
            ])
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        #expect(evaluation.output.contains("warning: tiny_val: " + absent), "\(evaluation.output)")
        #expect(evaluation.output.contains("mIoU of 1 of 2 classes "), "\(evaluation.output)")
    }

    /// An image with nothing to learn or to score is no error, in training and evaluation, semantic and panoptic.
    @Test(arguments: [false, true]) func imagesWithoutALabelledPixelAreCounted(isPanoptic: Bool) throws {
        let project = try TinyProject()
        if isPanoptic {
            let text = String(decoding: try #require(project.bytes("tiny.json")), as: UTF8.self)
            try describe(project, text.replacing("\"classes\"", with: "\"instances\": \"connected\", \"classes\""))
        }
        let empty = LabelImage(size: ImageSize(height: 64, width: 128), values: Array(repeating: 255, count: 8192))
        for name in ["train/street0", "train/street1", "val/street0", "val/street1"] {
            try ImageFile.writePNG(labels: empty, bits: 8, to: project.file("labels/\(name).png"))
        }
        let checked = try check(project)
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(
            checked.output.contains("tiny_train: nothing but ignored pixels in 2 of the 5 label images read"),
            "\(checked.output)")
        let panoptic = [
            "INPUT.DATASET_MAPPER_NAME", "mask_former_panoptic", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True",
        ]
        let settings =
            Self.short + (isPanoptic ? panoptic : []) + ["SOLVER.IMS_PER_BATCH", "5", "SOLVER.ACCUMULATE", "5"]
        let training = try project.train("run", settings)
        #expect(training.status == 0, "\(training.errors)")
        #expect(training.output.contains("warning: tiny_train: nothing but ignored pixels in 2 of the 5"))
        #expect(training.output.contains("warning: tiny_val: nothing but ignored pixels in 2 of the 2"))
    }

    @Test func moreSegmentsThanQueriesAreTold() throws {
        let project = try TinyProject()
        let training = try project.train("run", Self.short + ["MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "2"])
        #expect(training.status == 0, "\(training.errors)")
        #expect(
            training.output.contains(
                "has 3 segments, but the network has 2 queries, of which each finds one; so have 4"),
            "\(training.output)")
        let enough = try project.train("enough", Self.short)
        #expect(!enough.output.contains("queries, of which"))
    }

    // MARK: What the description says

    /// Classes by their names, and their number and the ignore label from there; another number is an error.
    @Test func classesComeFromTheDescription() throws {
        let project = try TinyProject()
        try relabel(project) { $0 == 255 ? 9 : $0 }
        try describe(
            project,
            #"""
            {"classes": ["ground", "sky", "box"], "ignore_label": 9,
             "train": {"images": "images/train", "labels": "labels/train"},
             "val": {"images": "images/val", "labels": "labels/val"}}
            """#)
        let text = String(decoding: try #require(project.bytes("tiny.cfg")), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try lines.filter { !$0.contains("NUM_CLASSES") && !$0.contains("IGNORE_VALUE") }.joined(separator: "\n")
            .write(toFile: project.file("tiny.cfg"), atomically: true, encoding: .utf8)
        let training = try project.train("run", Self.short)
        #expect(training.status == 0, "\(training.errors)")
        let resolved = String(decoding: try #require(project.bytes("run/config.yaml")), as: UTF8.self)
        #expect(resolved.contains("NUM_CLASSES: 3") && resolved.contains("IGNORE_VALUE: 9"), "\(resolved)")
        let picture = try Command.run(
            "pem-predict",
            project.options("pictures") + [
                "--weights", project.file("run/model_final.safetensors"), project.file("images/val/street0.png"),
            ])
        #expect(picture.status == 0, "\(picture.errors)")
        for (key, got, expected) in [("NUM_CLASSES", "4", "3"), ("IGNORE_VALUE", "255", "9")] {
            let refused = try project.train("other", Self.short + ["MODEL.SEM_SEG_HEAD.\(key)", got])
            #expect(refused.status == 1 && refused.errors.contains("expected \(expected)"), "\(refused.errors)")
        }
    }

    @Test func twoClassesOfOneNameAreRefused() throws {
        let project = try TinyProject()
        let text = String(decoding: try #require(project.bytes("tiny.json")), as: UTF8.self)
        try describe(project, text.replacing("\"sky\"", with: "\"box\""))
        for result in [try project.train("run"), try check(project)] {
            #expect(result.status == 1 && result.errors.contains("\"box\" is class 1 already"), "\(result.errors)")
            #expect(result.errors.hasPrefix("error: "), "\(result.errors)")
        }
    }

    /// A base that is not beside the file is found among the shipped ones of the folder that the command runs in.
    @Test func aShippedFileMayBeTheBase() throws {
        let project = try TinyProject()
        let shipped = project.file("Configs/pem")
        try FileManager.default.createDirectory(atPath: shipped, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: project.file("tiny.cfg"), toPath: shipped + "/tiny.cfg")
        try FileManager.default.createDirectory(atPath: project.file("mine"), withIntermediateDirectories: true)
        try "_BASE_: tiny.cfg\nSOLVER: {MAX_ITER: 1}\nTEST: {EVAL_PERIOD: 0}\n".write(
            toFile: project.file("mine/own.cfg"), atomically: true, encoding: .utf8)
        let training = try Command.run(
            "pem-train", ["--config", "mine/own.cfg", "--output", project.file("run")], shell: "cd '\(project.path)'")
        #expect(training.status == 0, "\(training.errors)")
    }
}
