import Foundation
import Images
import TestSupport
import Testing

/// Panoptic data sets from folders of one's own, from `check` to pictures.
@Suite struct PanopticFolderTests {
    /// Segments of a written JSON.
    private struct List: Decodable {
        struct Annotation: Decodable {
            struct Segment: Decodable {
                let id, category_id: Int
            }
            let image_id, file_name: String
            let segments_info: [Segment]
        }
        struct Category: Decodable {
            let id, isthing: Int
            let name: String
        }
        let annotations: [Annotation]
        let categories: [Category]
    }

    private struct Instance: Decodable {
        struct Runs: Decodable {
            let size: [Int]
        }
        let image_id: String
        let category_id: Int
        let score: Double
        let segmentation: Runs
    }

    private static let settings = [
        "INPUT.DATASET_MAPPER_NAME", "mask_former_panoptic", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True",
        "MODEL.MASK_FORMER.TEST.OBJECT_MASK_THRESHOLD", "0.3", "SOLVER.BASE_LR", "0.004",
        "SOLVER.BACKBONE_MULTIPLIER", "1.0", "SOLVER.MAX_ITER", "60", "SOLVER.CHECKPOINT_PERIOD", "1000",
        "TEST.EVAL_PERIOD", "0",
    ]

    /// The picture of each split gets an instance image: the boxes of `TinyProject` are one object each.
    private func project() throws -> TinyProject {
        let project = try TinyProject()
        for split in ["train", "val"] {
            let folder = project.file("instances/" + split)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: project.file("labels/" + split)) {
                var image = try ImageFile.readLabels(project.file("labels/\(split)/\(name)"))
                image.values = image.values.map { $0 == 2 ? 300 : 0 }
                try ImageFile.writePNG(labels: image, bits: 16, to: folder + "/" + name)
            }
        }
        let text = String(decoding: try #require(project.bytes("tiny.json")), as: UTF8.self)
        try text.replacing(/"labels": "labels\/(train|val)"/) { match in
            "\(match.0), \"instances\": \"instances/\(match.1)\""
        }.write(toFile: project.file("tiny.json"), atomically: true, encoding: .utf8)
        return project
    }

    @Test func checkTrainEvaluatePredict() throws {
        let project = try project()
        let check = try Command.run("pem-data", ["check", project.file("tiny.json")])
        #expect(check.status == 0, "\(check.errors)")
        let training = try project.train("run", Self.settings)
        try #require(training.status == 0, "\(training.errors)")
        let scores = try project.scores("run")
        #expect(scores.keys.sorted() == ["panoptic_seg", "sem_seg"])
        #expect(((scores["panoptic_seg"]?["PQ"] ?? 0) ?? 0) > 0, "\(training.output)")

        let model = ["--weights", project.file("run/model_final.safetensors")]
        let saved = project.file("saved")
        let evaluation = try Command.run(
            "pem-eval", project.options("scores") + model + ["--save-predictions", saved] + Self.settings)
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        #expect(try project.scores("scores") == scores)

        let instances = ["MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True"]
        let prediction = try Command.run(
            "pem-predict",
            project.options("pictures") + model + [project.file("images/val/street1.png")] + Self.settings
                + instances + ["--no-names", "--no-legend"])
        try #require(prediction.status == 0, "\(prediction.errors)")
        for ending in ["labels.png", "panoptic.png", "panoptic.json", "instances.json", "overlay.png"] {
            #expect(prediction.output.contains(project.file("pictures/street1_" + ending)), "\(prediction.output)")
        }
        try expectAgreement(project, saved: saved)
        try expectInstances(project)
    }

    /// Every segment of the list is in the picture and the reverse; the picture is what evaluation saw, and the
    /// overlay has a border where segments meet, unless one is a speck, and none inside them.
    private func expectAgreement(_ project: TinyProject, saved: String) throws {
        let data = try #require(project.bytes("pictures/street1_panoptic.json"))
        let list = try JSONDecoder().decode(List.self, from: data)
        let annotation = try #require(list.annotations.first)
        #expect(list.annotations.count == 1 && annotation.image_id == "street1")
        #expect(list.categories.map(\.name) == TinyProject.classNames)
        #expect(list.categories.map(\.isthing) == [0, 0, 1])
        let picture = try ImageFile.readRGB(project.file("pictures/" + annotation.file_name))
        let ids = picture.segmentIDs
        #expect(!annotation.segments_info.isEmpty)
        #expect(Set(ids).subtracting([0]) == Set(annotation.segments_info.map { UInt32($0.id) }))
        // The numbers are colours that can be seen.
        #expect(Set(annotation.segments_info.map(\.id)).count == annotation.segments_info.count)
        #expect(
            annotation.segments_info.allSatisfy { [$0.id & 255, $0.id >> 8 & 255, $0.id >> 16].contains { $0 >= 64 } })
        #expect(annotation.segments_info.allSatisfy { (0..<3).contains($0.category_id) })
        #expect(picture == (try ImageFile.readRGB(saved + "/predictions/street1.png")))

        let ground = try ImageFile.readRGB(project.file("images/val/street1.png"))
        let overlay = try ImageFile.readRGB(project.file("pictures/street1_overlay.png"))
        let borders: Set<UInt8> = [24, 255]
        let areas = RegionAreas(ids.map { Int32($0) }, width: 128)
        for y in 0..<63 {
            for x in 0..<127 {
                let pixel = y * 128 + x
                let color = overlay.values[3 * pixel..<3 * pixel + 3]
                let neighbours = [pixel + 1, pixel + 128].filter { ids[$0] != ids[pixel] }
                if neighbours.contains(where: { min(areas[$0], areas[pixel]) >= 100 }) {
                    #expect(Set(color).count == 1 && borders.contains(color.first ?? 0), "(\(x), \(y))")
                } else if ids[pixel] == 0 {
                    #expect(color == ground.values[3 * pixel..<3 * pixel + 3], "(\(x), \(y))")
                }
            }
        }
    }

    private func expectInstances(_ project: TinyProject) throws {
        let data = try #require(project.bytes("pictures/street1_instances.json"))
        let instances = try JSONDecoder().decode([Instance].self, from: data)
        #expect(!instances.isEmpty)
        for instance in instances {
            #expect(instance.image_id == "street1" && instance.category_id == 2)
            #expect(instance.segmentation.size == [64, 128] && (0...1).contains(instance.score))
        }
    }

    /// `check` names what does not fit; a configuration without classes cannot tell things from stuff.
    @Test func wrongInputIsNamed() throws {
        let project = try project()
        try FileManager.default.removeItem(atPath: project.file("instances/train/street3.png"))
        let check = try Command.run("pem-data", ["check", project.file("tiny.json")])
        #expect(check.status == 1 && check.errors.contains("images/train/street3.png: has no instance image"))
        let training = try project.train("run", Self.settings)
        #expect(training.status == 1 && training.errors.contains("street3.png: has no instance image"))
    }
}
