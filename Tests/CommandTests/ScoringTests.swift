import Foundation
import Images
import TestSupport
import Testing

/// `pem-eval --predictions`: scores of the official scorers, and one message for wrong input.
@Suite(.serialized) struct ScoringTests {
    private typealias Scores = [String: [String: Double?]]
    private static let formats = ["coco-panoptic", "coco-instances", "cityscapes"]
    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let fixtures = repository + "/Tests/Fixtures/Scoring"
    private static let sample =
        (ProcessInfo.processInfo.environment["PEM_DATASETS"] ?? repository + "/../shared/datasets")
        + "/coco_panoptic_sample"

    /// Damaged scenes with the scores that cityscapesScripts, pycocotools and a NumPy implementation of
    /// panopticapi's rules gave them (Tools/reference/agreement.py --write).
    @Test(arguments: formats) func scoresAreTheOfficialOnes(format: String) throws {
        let folder = try ScratchFolder(copyOf: "\(Self.fixtures)/\(format)")
        let result = try score(folder.path, format)
        try #require(result.status == 0, "\(result.errors)")
        let ours = try scores("\(folder.path)/output/results.json")
        let expected = try scores("\(folder.path)/expected.json")
        #expect(Set(ours.keys) == Set(expected.keys))
        var compared = 0
        for (task, entries) in expected {
            for (name, score) in entries {
                guard let got = ours[task]?[name] else {
                    // cityscapesScripts lists labels that are never scored.
                    #expect(score == nil, "\(task) \(name) is missing")
                    continue
                }
                #expect((got == nil) == (score == nil), "\(task) \(name)")
                #expect(
                    abs((got ?? 0) - (score ?? 0)) < 1e-6,
                    "\(task) \(name): \(got ?? .nan), not \(score ?? .nan)")
                compared += got == nil ? 0 : 1
            }
        }
        #expect(compared > 8)
    }

    @Test(
        .enabled(
            if: Python.has("numpy, PIL, pycocotools, cityscapesscripts"),
            "\(Python.path) (PEM_PYTHON) lacks numpy, pillow, pycocotools or cityscapesscripts"))
    func scoresAreTheOfficialOnesOfNewScenes() throws {
        let command = try Command.path(of: "pem-eval")
        let result = try Python.run(
            script: "agreement.py", ["--pem-eval", command, "--seed", "7", "--images", "4"])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("worst difference"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: sample), "no coco_panoptic_sample in PEM_DATASETS"))
    func theCOCOSampleAgainstItselfIsPerfect() throws {
        let folder = try ScratchFolder()
        let truth = Self.sample + "/panoptic_examples.json"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/predictions", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: truth, toPath: folder.path + "/predictions/predictions.json")
        try FileManager.default.copyItem(
            atPath: Self.sample + "/panoptic_examples", toPath: folder.path + "/predictions/predictions")
        let result = try score(folder.path, "coco-panoptic", truth: truth)
        try #require(result.status == 0, "\(result.errors)")
        let panoptic = try #require(try scores(folder.path + "/output/results.json")["panoptic_seg"])
        for name in ["PQ", "SQ", "RQ", "PQ_th", "PQ_st"] { #expect(panoptic[name] == 100, "\(name)") }
    }

    @Test func labelMapsAgainstThemselvesArePerfect() throws {
        let project = try TinyProject()
        let labels = project.file("labels/val")
        let folder = try ScratchFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: labels) {
            var image = try ImageFile.readLabels(labels + "/" + name)
            image.values = image.values.map { $0 == 255 ? 0 : $0 }
            try ImageFile.writePNG(labels: image, bits: 8, to: folder.path + "/" + name)
        }
        let arguments = ["--predictions", folder.path, "--format", "labels"]
        let result = try Command.run("pem-eval", arguments + project.options("scores"))
        try #require(result.status == 0, "\(result.errors)")
        let semantic = try #require(try scores(project.file("scores/results.json"))["sem_seg"])
        #expect(semantic["mIoU"] == 100 && semantic["pACC"] == 100)
    }

    /// An edit of the text of a fixture's file, and what the message must hold.
    private struct Edit {
        let format, file, old, new: String
        let message: [String]
    }

    private static func panoptic(_ old: String, _ new: String, _ message: String...) -> Edit {
        Edit(
            format: "coco-panoptic", file: "predictions/predictions.json", old: old, new: new,
            message: message)
    }

    private static func panopticTruth(_ old: String, _ new: String, _ message: String...) -> Edit {
        Edit(format: "coco-panoptic", file: "truth.json", old: old, new: new, message: message)
    }

    private static func instances(_ old: String, _ new: String, _ message: String...) -> Edit {
        let file = "predictions/coco_instances_results.json"
        return Edit(format: "coco-instances", file: file, old: old, new: new, message: message)
    }

    private static func list(_ old: String, _ new: String, _ message: String...) -> Edit {
        Edit(
            format: "cityscapes", file: "predictions/city_000000_000019_pred.txt", old: old, new: new,
            message: message)
    }

    private static let (one, nine) = ("\"image_id\": \"city_000001", "\"image_id\": \"city_000009")
    private static let (segments, twice) = ("\"segments_info\": [", "{\"id\": 5, \"category_id\": 7}, ")
    private static let edits = [
        panoptic("\"id\": ", "\"id\": 1", ".png: segment ", "is in the PNG but not in the JSON"),
        panoptic(
            "\"category_id\": ", "\"category_id\": 9", ".png: segment ", "has category 9", "not in the list"),
        panoptic(segments, segments + twice, ".png: segment 5 is in the JSON but not in the PNG"),
        panoptic(one, nine, "predictions.json: image city_000001_000019 has no prediction"),
        panopticTruth(one, nine, "truth.json: image city_000001_000019 has no annotation"),
        panopticTruth(
            one, "\"image_id\": \"city_000000",
            "truth.json: annotation of image city_000000_000019 is there twice"),
        panopticTruth(segments, segments + twice + twice, ".png: segment 5 is listed twice"),
        panopticTruth("[{", "[}", "truth.json: is not in the expected format", "no valid JSON"),
        Edit(
            format: "coco-instances", file: "truth.json", old: "\"annotations\": [{\"id\": 1,",
            new: "\"annotations\": [{\"id\": 2,", message: ["truth.json: annotation 2 is there twice"]),
        Edit(
            format: "coco-instances", file: "truth.json", old: "\"area\": 126.0, ", new: "",
            message: ["truth.json: annotations[0] does not fit", "got no key area"]),
        Edit(
            format: "coco-instances", file: "truth.json", old: "\"name\": ", new: "\"called\": ",
            message: ["truth.json: categories[0] does not fit", "got no key name"]),
        instances(
            "\"image_id\": 1000", "\"image_id\": 4", "results.json: image 4 is not in the ground truth"),
        instances("\"counts\": \"", "\"counts\": \"1", "results.json: image 1000, mask 0", "runs"),
        instances("\"score\": ", "\"score\": NaN, \"was\": ", "[0].score does not fit", "not finite, line 1, column"),
        Edit(
            format: "coco-instances", file: "truth.json", old: "\"area\": 126.0", new: "\"area\": -Infinity",
            message: ["truth.json: annotations[0].area does not fit", "not finite, line 1, column"]),
        list("\n", "\n../elsewhere.png 24 0.5\n", "a list names a file outside", "--allow-outside"),
        list("masks/", "/masks/", "city_000000_000019_pred.txt:1: is no instance"),
        list(".png ", ".png 1", "city_000000_000019: a prediction's label is not in the list"),
    ]

    @Test(arguments: edits.indices) func wrongInputIsNamed(index: Int) throws {
        let edit = Self.edits[index]
        let folder = try ScratchFolder(copyOf: "\(Self.fixtures)/\(edit.format)")
        let path = "\(folder.path)/\(edit.file)"
        var text = try String(contentsOfFile: path, encoding: .utf8)
        let place = try #require(text.range(of: edit.old))
        text.replaceSubrange(place, with: edit.new)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        expectFailure(try score(folder.path, edit.format), edit.message)
    }

    /// As in pycocotools, predictions of categories that the truth does not list count for nothing; where all are such,
    /// the numbers are others.
    @Test(arguments: [true, false]) func predictionsOfOtherCategoriesAreNotScored(areAll: Bool) throws {
        let folder = try ScratchFolder(copyOf: "\(Self.fixtures)/coco-instances")
        let path = "\(folder.path)/predictions/coco_instances_results.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\"category_id\": ", with: "\"category_id\": 9", maxReplacements: areAll ? .max : 1)
            .write(toFile: path, atomically: true, encoding: .utf8)
        let result = try score(folder.path, "coco-instances")
        if areAll {
            expectFailure(result, ["results.json: prediction 0 (image 1000) has category 9", "not in the list"])
        } else {
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("1 predictions of categories that the ground truth does not list"))
        }
    }

    @Test func areasThatAListDoesNotStateAreCounted() throws {
        let folder = try ScratchFolder(copyOf: "\(Self.fixtures)/coco-panoptic")
        #expect(try score(folder.path, "coco-panoptic").status == 0)
        let stated = try scores("\(folder.path)/output/results.json")
        let path = "\(folder.path)/truth.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing(/, "area": [0-9]+/, with: "").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try score(folder.path, "coco-panoptic").status == 0)
        #expect(try scores("\(folder.path)/output/results.json") == stated)
    }

    @Test func instanceIdsOfEightBitsAreRefused() throws {
        let folder = try ScratchFolder(copyOf: "\(Self.fixtures)/cityscapes")
        let path = folder.path + "/truth/city/city_000000_000019_gtFine_instanceIds.png"
        var image = try ImageFile.readLabels(path)
        image.values = image.values.map { $0 % 256 }
        try ImageFile.writePNG(labels: image, bits: 8, to: path)
        expectFailure(
            try score(folder.path, "cityscapes"),
            ["city_000000_000019_gtFine_instanceIds.png", "16 bits", "got 8 bits"])
    }

    @Test func anImageWithoutPredictionIsNamed() throws {
        let folder = try ScratchFolder(copyOf: "\(Self.fixtures)/cityscapes")
        try FileManager.default.removeItem(atPath: folder.path + "/predictions/city_000001_000019_pred.png")
        expectFailure(
            try score(folder.path, "cityscapes"), ["city_000001_000019: the image has no prediction"])
    }

    private func expectFailure(_ result: Command.Result, _ message: [String]) {
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: ") && result.errors.split(separator: "\n").count == 1)
        for part in message { #expect(result.errors.contains(part), "\(result.errors)") }
    }

    private func score(_ folder: String, _ format: String, truth: String? = nil) throws -> Command.Result {
        let usual = format == "cityscapes" ? folder + "/truth" : folder + "/truth.json"
        return try Command.run(
            "pem-eval",
            [
                "--predictions", folder + "/predictions", "--format", format, "--ground-truth",
                truth ?? usual,
                "--output", folder + "/output",
            ])
    }

    private func scores(_ path: String) throws -> Scores {
        try JSONDecoder().decode(Scores.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

/// A folder that goes with its owner.
private final class ScratchFolder {
    let path = NSTemporaryDirectory() + "scoring-tests-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    init(copyOf folder: String) throws { try FileManager.default.copyItem(atPath: folder, toPath: path) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
