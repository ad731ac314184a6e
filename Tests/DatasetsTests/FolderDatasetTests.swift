import Annotations
import Datasets
import Foundation
import Images
import Testing

@Suite struct FolderDatasetTests {
    private let folder: TemporaryFolder
    private static let classes =
        #""classes": [{"name": "a", "color": [1, 2, 3]}, {"name": "b", "thing": true}]"#
    private static let splits = #""train": {"images": "i", "labels": "l"}"#

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("{\(Self.classes), \(Self.splits)}", "set.json")
        for name in ["x", "sub/y"] {
            try folder.image("i/\(name).png")
            try folder.labels("l/\(name).png") { $0 == 3 ? 255 : UInt16($0 % 2) }
        }
    }

    private func open(_ root: String? = nil, environment: [String: String] = [:]) throws
        -> SegmentationDataset
    {
        try DatasetCatalog.open(
            name: "folder:set.json:train", root: root, relativeTo: folder.path, environment: environment)
    }

    /// The message of the error that `body` throws.
    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test func opensPairsByName() throws {
        let dataset = try open()
        #expect(dataset.name == "set_train")
        #expect(dataset.items.map(\.id) == ["sub/y", "x"])
        #expect(dataset.classes.names == ["a", "b"] && dataset.classes.isThing == [false, true])
        #expect(dataset.classes.colors[0] == .init(1, 2, 3) && dataset.classes.ignoreLabel == 255)
        let report = try dataset.check(.full)
        #expect(
            report.imageCount == 2 && report.labelsRead == 2 && report.sizes == [ImageSize(height: 8, width: 12): 2])
        #expect(report.classPixels == [96, 94] && report.ignoredPixels == 2 && !report.isMostlyIgnored)
        #expect(try dataset.check(.sizes).labelsRead == 0)
        #expect(try dataset.check(.bounded).labelsRead == 2)
    }

    @Test func everyProblemIsNamedTogether() throws {
        try folder.image("i/alone.png")
        try folder.labels("l/orphan.png") { _ in 0 }
        try folder.image("i/narrow.png", width: 11)
        try folder.labels("l/narrow.png") { _ in 0 }
        try folder.image("i/wrong.png")
        try folder.labels("l/wrong.png") { $0 == 15 ? 7 : $0 == 20 ? 9 : 1 }
        try folder.image("i/broken.png")
        try folder.write("no image", "l/broken.png")
        try folder.image("i/empty.png")
        try folder.labels("l/empty.png") { _ in 255 }
        let dataset = try open()
        let text = message { try dataset.check(.full) }
        #expect(text.contains("set_train: 5 problems"))
        for expected in [
            "i/alone.png: has no labels (expected", "l/orphan.png: labels without an image",
            "l/narrow.png: is 12x8, but its image",
            "l/wrong.png: labels 7, 9 outside the classes on 2 pixels, first at column 3, row 1 (expected 0",
            " to 1 or 255)",
            "l/broken.png: is neither PNG nor JPEG",
        ] {
            #expect(text.contains(expected), "\(text) lacks \(expected)")
        }
        // A single image without labels forbids nothing, but is reported.
        let report = dataset.inspect(.full)
        #expect(report.problems.count == 6)
        #expect(report.problems.contains(.onlyIgnored(path: folder.path + "/l/empty.png")))
        #expect(!text.contains("empty.png"))
    }

    /// 1 / ln(1 + pixels), with the mean 1; a class without a pixel counts for nothing.
    @Test func weightsOfClasses() throws {
        for (name, rare) in [("x", 3), ("sub/y", 4)] {
            try folder.labels("l/\(name).png") { $0 < rare ? 1 : $0 < 64 ? 0 : 255 }
        }
        let report = try open().inspect(.full)
        #expect(report.classPixels == [121, 7])
        let weights = report.classWeights
        #expect(abs(weights[1] / weights[0] - log(122.0) / log(8.0)) < 1e-12)
        #expect(abs(weights.reduce(0, +) - 2) < 1e-12)
        for name in ["x", "sub/y"] { try folder.labels("l/\(name).png") { _ in 0 } }
        #expect(try open().inspect(.full).classWeights == [1, 1])
    }

    @Test func aDataSetWithoutLabelledPixelsIsRefused() throws {
        for name in ["x", "sub/y"] { try folder.labels("l/\(name).png") { _ in 255 } }
        let text = message { try open().check(.full) }
        #expect(text.contains("l/x.png: nothing but ignored pixels") && text.contains("l/sub/y.png"))
    }

    @Test func longListsAreCounted() throws {
        for index in 0..<30 { try folder.image("i/extra\(index).png") }
        let text = message { try open().check(.sizes) }
        #expect(text.contains("30 problems") && text.contains("and 27 more of this kind (30 in all)"))
        #expect(text.split(separator: "\n").count == 6)
    }

    @Test func loadingNamesFileAndValue() throws {
        try folder.labels("l/x.png") { $0 == 50 ? 2 : 0 }
        let dataset = try open()
        let mapper = SemanticMapper(.init(resize: ResizeShortestEdge(minSizes: [8], maxSize: 100), crop: nil))
        let text = message { _ = try mapper.sample(of: dataset, seed: 0, epoch: 0, index: 1) }
        #expect(text.contains("l/x.png: label 2 outside the classes on 1 pixel, first at column 2, row 4"))
    }

    @Test func labelMapsTranslate() throws {
        try folder.labels("l/x.png") { [10, 20, 30][$0 % 3] }
        try folder.labels("l/sub/y.png") { _ in 20 }
        try folder.write(
            "{\(Self.classes), \(Self.splits), \"ignore_label\": 2, "
                + "\"label_map\": {\"10\": 1, \"20\": 0, \"other\": 2}}",
            "set.json")
        let dataset = try open()
        let labels = try dataset.labels(of: dataset.items[1])
        #expect(labels?.values.prefix(6) == [1, 0, 2, 1, 0, 2])
        try folder.write(
            "{\(Self.classes), \(Self.splits), \"label_map\": {\"10\": 1, \"20\": 0}}", "set.json")
        #expect(message { try open().check(.full) }.contains("label 30 outside the classes"))
    }

    @Test func rootsComeFromFileEnvironmentOrCaller() throws {
        try folder.write(
            #"{\#(Self.classes), "root": "${MY_ROOT}", "train": {"images": "i", "labels": "l"}}"#, "set.json")
        #expect(message { _ = try open() }.contains("the environment variable MY_ROOT is not set"))
        #expect(try open(environment: ["MY_ROOT": folder.path]).items.count == 2)
        #expect(try open(folder.path).items.count == 2)
        try folder.write(
            #"{\#(Self.classes), "root": "${MY_ROOT:-.}", "train": {"images": "i", "labels": "l"}}"#,
            "set.json")
        #expect(try open().items.count == 2)
        #expect(message { _ = try open("/nowhere") }.contains("/nowhere/i: no such folder"))
    }

    @Test(arguments: [
        ("{", "no valid JSON"), ("[]", "expected an object"), ("{\(splits)}", "key classes: is missing"),
        ("{\(classes)}", "key train: is missing"), ("{\"classes\": [], \(splits)}", "at least one class"),
        ("{\(classes), \(splits), \"clases\": 1}", "key clases: unknown key"),
        ("{\(classes), \(splits), \"ignore_label\": 1}", "ignore_label: 1 is class \"b\" already"),
        ("{\(classes), \(splits), \"ignore_label\": \"x\"}", "expected a whole number"),
        ("{\(classes), \(splits), \"label_map\": {\"0\": 5}}", "key label_map.0: expected a class (0 to 1)"),
        ("{\(classes), \(splits), \"label_map\": {\"q\": 0}}", "key label_map.q: expected a number"),
        (
            "{\"classes\": [{\"name\": \"a\", \"color\": [1, 2]}], \(splits)}",
            "key classes[0].color: expected three"
        ),
        ("{\(classes), \"train\": {\"images\": \"i\"}}", "key train.labels: is missing"),
    ])
    func descriptionsAreStrict(text: String, expected: String) throws {
        try folder.write(text, "set.json")
        let message = message { _ = try open() }
        #expect(message.contains(expected), "\(message)")
        #expect(message.contains("set.json"))
    }

    @Test(arguments: [
        ("folder:set.json:test", "use one of: train"), ("folder:none.json:train", "no such file"),
        ("folder:set.json", "folder:FILE.json:SPLIT"), ("cityscapes_train", "cityscapes_fine_sem_seg_train"),
        ("cityscapes_fine_sem_seg_train", "DETECTRON2_DATASETS"),
    ])
    func wrongNamesSayWhatIsThere(name: String, expected: String) {
        let message = message {
            _ = try DatasetCatalog.open(
                name: name, relativeTo: folder.path, environment: ["DETECTRON2_DATASETS": "/none"])
        }
        #expect(message.contains(expected), "\(message)")
    }
}
