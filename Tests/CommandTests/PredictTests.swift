import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// What `pem-predict` takes and draws.
@Suite(.serialized) struct PredictTests {
    private struct Polygons: Decodable {
        struct Object: Decodable {
            let `class`: String
            let category_id, area: Int
            let box: [Int]
            let score: Double?
            let polygons: [MaskPolygon]
        }
        let image: String
        let width, height: Int
        let objects: [Object]
    }

    private let project: TinyProject
    private var model: [String] { ["--weights", project.file("net/model_final.safetensors")] }

    init() throws {
        project = try TinyProject()
        let training = try project.train("net", ["SOLVER.MAX_ITER", "20", "DATASETS.TEST", "()"])
        try #require(training.status == 0, "\(training.errors)")
    }

    private func predict(_ output: String, _ more: [String], shell: String? = nil) throws -> Command.Result {
        let settings = ["DATASETS.TEST", "('folder:\(project.file("tiny.json")):val',)"]
        return try Command.run("pem-predict", project.options(output) + model + more + settings, shell: shell)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: project.file(folder)).filter { $0.hasSuffix(".png") }
            .sorted()
    }

    /// Five pictures of one name and two more, by folder, pattern and list; a second run does not take the results of
    /// the first for pictures.
    @Test func everyPictureHasItsOwnFiles() throws {
        let list = project.file("list.txt")
        try "\(project.file("images/val/street0.png"))\n\n\(project.file("images/train"))\n".write(
            toFile: list, atomically: true, encoding: .utf8)
        let words = [project.file("images"), project.file("images/v*/street1.png"), "-"]
        for _ in 0..<2 {
            let result = try predict("images/out", words + ["--no-legend"], shell: "exec < '\(list)'")
            #expect(result.status == 0, "\(result.errors)")
            let expected = (0..<5).map { "train/street\($0)" } + (0..<2).map { "val/street\($0)" }
            #expect(
                try names("images/out") == expected.flatMap { ["\($0)_labels.png", "\($0)_overlay.png"] },
                "\(result.output)")
            #expect(result.output.contains("predicted 7/7 images"))
        }
        let flat = try predict("flat", [project.file("images/*/street0.png")])
        #expect(flat.status == 0 && flat.output.contains("are called street0_2"), "\(flat.output)")
        #expect(
            try names("flat") == ["_2", ""].flatMap { ["street0\($0)_labels.png", "street0\($0)_overlay.png"] })
        let nothing = try predict("none", ["-"])
        #expect(nothing.status == 1 && nothing.errors.contains("standard input names no picture"), "\(nothing.errors)")
    }

    /// Picture, overlay and legend: sizes and colours.
    @Test func drawings() throws {
        let picture = project.file("images/val/street0.png")
        func overlay(_ options: [String]) throws -> Image<UInt8> {
            let result = try predict("pictures", [picture] + options)
            #expect(result.status == 0, "\(result.errors)")
            return try ImageFile.readRGB(project.file("pictures/street0_overlay.png"))
        }
        let plain = try overlay(["--no-legend", "--no-names"])
        let size = ImageSize(height: 64, width: 128)
        #expect(plain.size == size)
        let legend = try overlay(["--no-names"])
        #expect(legend.width == 128 && legend.height > 64)
        #expect(legend.cropped(to: PixelRegion(size)) == plain)
        #expect(Array(legend.values.suffix(3)) == [255, 255, 255])
        let beside = try overlay(["--no-names", "--no-legend", "--side-by-side"])
        #expect(beside.size == ImageSize(height: 64, width: 2 * 128 + 4))
        #expect(beside.cropped(to: PixelRegion(size)) == (try ImageFile.readRGB(picture)))
        #expect(beside.cropped(to: PixelRegion(x: 132, y: 0, width: 128, height: 64)) == plain)
        #expect(try overlay(["--no-legend"]) != plain)
        #expect(try overlay(["--no-legend", "--no-names", "--opacity", "0"]) != plain)
    }

    /// Polygons without tolerance are the label map; with it they have fewer corners.
    @Test func polygons() throws {
        let picture = project.file("images/val/street0.png")
        func list(_ options: [String]) throws -> Polygons {
            let result = try predict("shapes", [picture, "--json"] + options)
            #expect(result.status == 0, "\(result.errors)")
            return try JSONDecoder().decode(
                Polygons.self, from: try #require(project.bytes("shapes/street0_polygons.json")))
        }
        let (exact, rough) = (try list(["--polygon-tolerance", "0"]), try list([]))
        let labels = try ImageFile.readLabels(project.file("shapes/street0_labels.png"))
        #expect(exact.image == picture && exact.width == 128 && exact.height == 64)
        #expect(exact.objects.map(\.category_id) == Set(labels.values).map(Int.init).sorted())
        for object in exact.objects {
            #expect(object.class == TinyProject.classNames[object.category_id] && object.score == nil)
            let mask = RunLengthMask(height: 64, width: 128) { labels.values[$0] == object.category_id }
            #expect(object.polygons == MaskPolygon.parts(of: mask) && object.area == mask.area)
            #expect(object.box == mask.box)
        }
        func corners(_ polygons: Polygons) -> Int {
            polygons.objects.flatMap(\.polygons).reduce(0) { $0 + $1.outline.count }
        }
        #expect(corners(rough) < corners(exact))
    }

    /// Options stand for keys of the configuration; scores below the threshold are neither drawn nor polygons.
    @Test func thresholds() throws {
        let picture = project.file("images/val/street0.png")
        let instances = [
            "MODEL.MASK_FORMER.TEST.INSTANCE_ON", "True", "MODEL.MASK_FORMER.TEST.SEMANTIC_ON", "False", "--json",
        ]
        func count(_ options: [String]) throws -> (listed: Int, drawn: Int) {
            let result = try predict("instances", [picture] + instances + options)
            #expect(result.status == 0, "\(result.errors)")
            let list = try #require(project.bytes("instances/street0_instances.json"))
            let polygons = try #require(project.bytes("instances/street0_polygons.json"))
            return (
                try #require(try JSONSerialization.jsonObject(with: list) as? [Any]).count,
                try JSONDecoder().decode(Polygons.self, from: polygons).objects.count
            )
        }
        let all = try count(["--score-threshold", "0"])
        let few = try count(["--score-threshold", "0", "--max-instances", "2"])
        #expect(all.listed > 2 && all.drawn > 0 && few.listed < 3)
        #expect(try count(["--score-threshold", "1"]) == (all.listed, 0))
        let wrong = try predict("x", [picture, "--overlap-threshold", "2"])
        #expect(wrong.status == 64 && wrong.errors.contains("--overlap-threshold: expected 0 to 1"), "\(wrong.errors)")
    }

    /// Formats need what they hold, and classes of their own.
    @Test func formatsThatDoNotFit() throws {
        let picture = project.file("images/val/street0.png")
        for (options, status, text) in [
            (["--format", "coco-panoptic"], 1, "PANOPTIC_ON"),
            (["--format", "cityscapes"], 1, "classes of Cityscapes"),
            (["--format", "labels", "--json"], 64, "--format writes no drawings"),
            (["--image-list", "x.json"], 64, "--image-list belongs to --format"),
        ] {
            let result = try predict("x", [picture] + options)
            #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
        }
        let labels = try predict("numbers", [picture, "--format", "labels"])
        #expect(labels.status == 0 && labels.output.contains("predictions (labels): "), "\(labels.errors)")
        #expect(try names("numbers") == ["street0.png"])
    }
}
