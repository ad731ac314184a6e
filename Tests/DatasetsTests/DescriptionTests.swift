import Annotations
import Datasets
import Foundation
import Images
import Testing

/// What a description file may say beyond folders of images and labels.
@Suite struct DescriptionTests {
    private let folder: TemporaryFolder
    private static let split = #""train": {"images": "i", "labels": "l"}"#

    init() throws {
        folder = try TemporaryFolder()
        for index in 0..<10 {
            try folder.image("i/p\(index).jpg")
            if index < 8 { try folder.labels("l/p\(index).png") { UInt16($0 % 2) } }
        }
    }

    private func open(_ text: String, split: String = "train", root: String? = nil) throws -> SegmentationDataset {
        try folder.write(text, "set.json")
        return try DatasetCatalog.open(
            name: "folder:set.json:\(split)", root: root, relativeTo: folder.path, environment: [:])
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test func classesMayBeNamesAlone() throws {
        let data = try open(#"{"classes": ["sky", {"name": "car", "thing": true}, "tree"], \#(Self.split)}"#)
        #expect(data.classes.names == ["sky", "car", "tree"])
        #expect(data.classes.isThing == [false, true, false] && data.classes.categoryIDs == [0, 1, 2])
    }

    @Test(arguments: [
        (#"["box", {"name": "box"}]"#, #"key classes[1].name: "box" is class 0 already (line 2, column 29)"#),
        (#"["a", 7]"#, "key classes: expected a list of objects { … } or of texts"),
        (#"["a", {"color": [1, 2, 3]}]"#, "key classes[1].name: is missing (line 2, column 18)"),
    ])
    func classesHaveNamesThatDiffer(classes: String, expected: String) {
        let text = message { _ = try open("{\n\"classes\": \(classes),\n\(Self.split)}") }
        #expect(text.contains(expected), "\(text)")
    }

    @Test func anUnknownKeyIsNoSplit() {
        let text = message { _ = try open("{\"classes\": [\"a\"], \"splits\": {\"train\": {}},\n\(Self.split)}") }
        #expect(text.contains("key splits: unknown key") && text.contains("(line 1, column 30)"), "\(text)")
        #expect(text.contains("every split has a key of its own"), "\(text)")
    }

    @Test func syntaxHasAPlace() {
        let text = message { _ = try open("{\"classes\": [\"a\"],\n \"train\": {,}}") }
        #expect(text.contains("set.json: no valid JSON at line 2, column 12: \",\" (expected a key"), "\(text)")
    }

    @Test func anAbsoluteRootIsTaken() throws {
        for root in [folder.path, folder.path + "/"] {
            try folder.write(
                "{\"root\": \"\(root)\", \"classes\": [\"a\", \"b\"], \(Self.split)}", "elsewhere/set.json")
            let data = try DatasetCatalog.open(
                name: "folder:elsewhere/set.json:train", relativeTo: folder.path, environment: [:])
            #expect(data.items.count == 8)
        }
    }

    // MARK: Parts of folders

    private static let listed = #""train": {"images": "i", "labels": "l", "list": "sets/train.txt"}"#

    /// With endings or without, in any line ends; what is not in the list is left out, labels or not.
    @Test(arguments: ["p0\np3\np7\n", "p0.jpg\r\np3.png\r\n\r\n  p7  ", "\u{FEFF}./p7\np3\np0\np0"])
    func aSplitMayBeAList(text: String) throws {
        try folder.write(text, "sets/train.txt")
        let data = try open("{\"classes\": [\"a\", \"b\"], \(Self.listed)}")
        #expect(data.items.map(\.id) == ["p0", "p3", "p7"])
        #expect(try data.check(.full).labelsRead == 3)
    }

    @Test func whatAListNamesMustBeThere() throws {
        try folder.write("p0\np9\nq\n", "sets/train.txt")
        let text = message { try open("{\"classes\": [\"a\", \"b\"], \(Self.listed)}").check(.full) }
        #expect(text.contains("sets/train.txt: names \"q\", but there is no such image"), "\(text)")
        #expect(text.contains("i/p9.jpg: has no labels"), "\(text)")
        #expect(!text.contains("p8"), "\(text)")
        try folder.write("\n", "sets/train.txt")
        #expect(message { _ = try open("{\"classes\": [\"a\"], \(Self.listed)}") }.contains("names no image"))
        try FileManager.default.removeItem(atPath: folder.path + "/sets/train.txt")
        #expect(message { _ = try open("{\"classes\": [\"a\"], \(Self.listed)}") }.contains("train.txt: no such file"))
    }

    /// Lists hold for instance images, panoptic lists and instance lists too.
    @Test func listsSelectObjects() throws {
        try folder.write("p2\n", "sets/train.txt")
        for index in 0..<4 { try folder.labels("n/p\(index).png") { _ in 1 } }
        let numbered = try open(
            #"{"classes": ["a", "b"], "train": {"images": "i", "labels": "l", "instances": "n", "#
                + #""list": "sets/train.txt"}}"#
        )
        try numbered.check(.full)
        #expect(numbered.items.map(\.id) == ["p2"] && numbered.items[0].panoptic != nil)

        let annotations = (0..<4).map {
            #"{"image_id": \#($0), "file_name": "p\#($0).png", "segments_info": [{"id": 1, "category_id": 0}]}"#
        }
        try folder.write(#"{"annotations": [\#(annotations.joined(separator: ","))]}"#, "p.json")
        let picture = Image(size: ImageSize(height: 8, width: 12), segmentIDs: Array(repeating: 1, count: 96))
        try ImageFile.writePNG(picture, to: folder.file("p/p2.png"))
        let segments = try open(
            #"{"classes": ["a"], "train": {"images": "i", "panoptic_json": "p.json", "list": "sets/train.txt"}}"#)
        try segments.check(.full)
        #expect(segments.items.map(\.id) == ["p2"])

        try writeInstances()
        let objects = try open(
            #"{"classes": [{"name": "crack", "category": 1}, {"name": "rust", "category": 2}], "#
                + #""train": {"images": "i", "instances_json": "own.json", "list": "sets/train.txt"}}"#)
        try objects.check(.full)
        #expect(objects.items.map(\.id) == ["p2"])
    }

    @Test func fractionsPartTheImages() throws {
        for index in 8..<10 { try folder.labels("l/p\(index).png") { UInt16($0 % 2) } }
        func names(_ start: Double, _ end: Double) throws -> [String] {
            try open(
                #"{"classes": ["a", "b"], "train": {"images": "i", "labels": "l", "fraction": [\#(start), \#(end)]}}"#
            ).items.map(\.id)
        }
        let (train, val) = (try names(0, 0.7), try names(0.7, 1))
        #expect(train.count == 7 && val.count == 3 && Set(train + val).count == 10)
        #expect(train == train.sorted() && train != (0..<7).map { "p\($0)" })
        #expect(try names(0, 0.7) == train)
    }

    @Test(arguments: [
        (#""fraction": [0.5, 0.2]"#, "fraction: expected two ascending numbers of 0 to 1"),
        (#""fraction": [0, 1.5]"#, "fraction: expected two"), (#""fraction": [0.5]"#, "fraction: expected two"),
        (#""fraction": 0.5"#, "fraction: expected a list of numbers"),
        (#""fraction": [0, 1], "list": "a.txt""#, #"fraction: expected "list" or "fraction""#),
    ])
    func partsAreStrict(part: String, expected: String) {
        let text = message { _ = try open(#"{"classes": ["a"], "train": {"images": "i", "labels": "l", \#(part)}}"#) }
        #expect(text.contains("key train.\(expected)"), "\(text)")
    }

    // MARK: Instance lists

    private func writeInstances(_ first: String = "crack", unused: String = "") throws {
        let images = (0..<4).map { #"{"id": \#($0 + 10), "file_name": "p\#($0).jpg", "width": 12, "height": 8}"# }
        let objects = (0..<4).map {
            #"{"id": \#($0), "image_id": \#($0 + 10), "category_id": \#($0 % 2 + 1), "area": 9, "#
                + #""segmentation": [[1, 1, 4, 1, 4, 4, 1, 4]]}"#
        }
        try folder.write(
            #"{"images": [\#(images.joined(separator: ","))], "annotations": [\#(objects.joined(separator: ","))], "#
                + #""categories": [{"id": 1, "name": "\#(first)"}, {"id": 2, "name": "rust"}\#(unused)]}"#,
            "own.json")
    }

    private static let own =
        #"{"classes": [{"name": "crack", "category": 1}, {"name": "rust", "category": 2}], "#
        + #""train": {"images": "i", "instances_json": "own.json"}}"#

    @Test func aSplitMayBeAnInstanceList() throws {
        try writeInstances(unused: #", {"id": 0, "name": "damage"}"#)
        let data = try open(Self.own)
        try data.check(.full)
        #expect(data.classes.isThing == [true, true] && data.items.map(\.id) == ["p0", "p1", "p2", "p3"])
        #expect(try data.instances(of: data.items[1])?.objects.map(\.classNumber) == [1])
        let mapper = InstanceMapper(.jitter(LargeScaleJitter(imageSize: 16, scales: 1...1)))
        #expect(try mapper.sample(of: data, seed: 1, epoch: 0, index: 0).targets.classes == [0])
        let name = "folder:\(folder.path)/set.json:train"
        #expect(DatasetCatalog.path(of: .instanceList, name, root: nil) == folder.path + "/own.json")
        #expect(DatasetCatalog.path(of: .panopticList, name, root: nil) == nil)
    }

    @Test func itsCategoriesAreTheClasses() throws {
        try writeInstances("fissure")
        #expect(message { try open(Self.own).check(.full) }.contains(#"category 1 is "fissure" (expected "crack")"#))
        try writeInstances()
        let text = message { try open(Self.own.replacing(#", "category": 2"#, with: #", "category": 3"#)).check(.full) }
        #expect(text.contains(#"category 2, "rust", is no class of this data set"#), "\(text)")
        let labels = message {
            _ = try open(Self.own.replacing(#""images": "i","#, with: #""images": "i", "labels": "l","#))
        }
        #expect(labels.contains("key train.labels: says nothing beside instances_json"), "\(labels)")
    }
}
