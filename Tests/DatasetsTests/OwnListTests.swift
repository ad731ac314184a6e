import Annotations
import Datasets
import Foundation
import Images
import Testing

/// Lists that tools and scripts write: with keys missing, numbers of other kinds, other categories, other images.
@Suite struct OwnListTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["000000000001", "000000000002", "000000000003"] {
            try folder.image("coco/train2017/\(name).jpg", width: 4, height: 2)
            try ImageFile.writePNG(
                Image(size: ImageSize(height: 2, width: 4), segmentIDs: [1, 1, 2, 2, 1, 1, 2, 2]),
                to: folder.file("coco/panoptic_train2017/\(name).png"))
        }
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    // MARK: Instances

    private func instances(_ annotations: String, categories: String = Self.person) throws -> SegmentationDataset {
        try folder.write(
            #"""
            {"images": [{"id": 1, "file_name": "000000000001.jpg", "width": 4, "height": 2}],
             "annotations": [\#(annotations)],
             "categories": [\#(categories)]}
            """#, "coco/annotations/instances_train2017.json")
        return try DatasetCatalog.open(name: "coco_2017_train", root: folder.path)
    }

    private static let person = #"{"id": 1, "name": "person"}"#
    private static func object(_ id: Int, _ more: String, category: Int = 1) -> String {
        #"{"id": \#(id), "image_id": 1, "category_id": \#(category)\#(more)}"#
    }
    private static let square = #", "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2]]"#

    @Test(arguments: ["", #", "segmentation": null"#, #", "segmentation": {}"#, #", "segmentation": []"#])
    func boxesWithoutOutlinesArePassedOver(form: String) throws {
        let data = try instances(Self.object(1, Self.square) + ", " + Self.object(2, form))
        try data.check(.full)
        let truth = try #require(try data.instances(of: data.items[0]))
        #expect(truth.objects.count == 1)
    }

    @Test(arguments: ["[0, 0, 2, 0, 2, 2]", "[[[0, 0], [2, 0], [2, 2]]]", "\"none\"", "3", #"{"size": [2, 4]}"#])
    func otherFormsAreRefusedByAnnotation(form: String) {
        let text = message {
            _ = try instances(Self.object(1, Self.square) + ",\n" + Self.object(17, #", "segmentation": \#(form)"#))
        }
        #expect(text.contains("annotation 17: expected [[x, y, …], …] or {size, counts}"), "\(text)")
        #expect(text.contains("instances_train2017.json: key annotations.[1].segmentation (line 3, column"), "\(text)")
    }

    @Test func numbersThatAreNotFiniteDoHarmOnlyWhereTheyAreUsed() throws {
        let data = try instances(
            Self.object(1, #", "area": NaN, "bbox": [NaN, 0, -Infinity, 1e999]"# + Self.square))
        try data.check(.full)
        let text = message {
            try instances(Self.object(5, #", "segmentation": [[0, 0, NaN, 0, 2, 2]]"#)).check(.full)
        }
        #expect(text.contains("annotation 5 has a number in its segmentation that is not finite"), "\(text)")
        for key in ["id", "category_id"] {
            let object = Self.object(1, Self.square).replacing("\"\(key)\": 1", with: "\"\(key)\": NaN")
            let text = message { _ = try instances(object) }
            #expect(
                text.contains("key annotations.[0].\(key) (line 2, column") && text.contains("whole number"), "\(text)")
        }
    }

    @Test func fractionsAreReportedWithTheirKeys() {
        let text = message {
            _ = try instances(Self.object(1, Self.square).replacing("\"category_id\": 1", with: "\"category_id\": 1.5"))
        }
        #expect(
            text.contains("key annotations.[0].category_id (line 2, column 58): expected a whole number"), "\(text)")
    }

    /// The numbers mean COCO's classes only where the names do.
    @Test func categoriesAreComparedByName() {
        let other = #"{"id": 1, "name": "crack"}, {"id": 2, "name": "rust"}"#
        let text = message { try instances(Self.object(1, Self.square), categories: other).check(.full) }
        #expect(text.contains(#"category 1 is "crack" (expected "person")"#), "\(text)")
        #expect(text.contains(#"category 2 is "rust" (expected "bicycle")"#), "\(text)")
        #expect(
            message {
                try instances(Self.object(1, Self.square), categories: Self.person + ", " + Self.person).check(.full)
            }
            .contains("category 1 is listed twice"))
    }

    // MARK: Panoptic

    private func panoptic(
        segments: String = Self.segments, images: [Int] = [1, 2, 3], categories: String = Self.names,
        fileName: String = "00000000000ID.png", more: String = Self.listed
    ) throws -> SegmentationDataset {
        let annotations = images.map {
            #"{"image_id": \#($0), "file_name": "\#(fileName.replacing("ID", with: "\($0)"))", "#
                + #""segments_info": [\#(segments)]}"#
        }
        try folder.write(
            #"{"annotations": [\#(annotations.joined(separator: ", "))]\#(categories)\#(more)}"#,
            "coco/annotations/panoptic_train2017.json")
        return try DatasetCatalog.open(name: "coco_2017_train_panoptic", root: folder.path)
    }

    private static let segments = #"{"id": 1, "category_id": 1}, {"id": 2, "category_id": 92}"#
    private static let names = #", "categories": [{"id": 1, "name": "person"}, {"id": 92, "name": "banner"}]"#
    private static let listed = #", "images": [{"id": 1}, {"id": 2}, {"id": 3}]"#

    @Test(
        arguments: [
            segments,
            #"{"id": 1, "category_id": 1, "area": 4.0, "bbox": [0.5, 0.5, 2, 2], "iscrowd": false}, "#
                + #"{"id": 2, "category_id": 92, "iscrowd": 0}"#,
            #"{"id": 1, "category_id": 1, "area": 3.7, "bbox": "none"}, {"id": 2, "category_id": 92, "area": NaN}"#,
            #"{"id": 1, "category_id": 1, "area": null, "iscrowd": null}, {"id": 2, "category_id": 92, "bbox": [NaN]}"#,
        ], [listed, ""])
    func whatNothingReadsMayBeAnything(segments: String, more: String) throws {
        let data = try panoptic(segments: segments, more: more)
        try data.check(.full)
        try #require(data.items.count == 3)
        let truth = try data.requiredPanoptic(of: data.items[0])
        #expect(truth.annotation.segments.map(\.area) == [4, 4])
        #expect(truth.annotation.segments.allSatisfy { !$0.isCrowd })
    }

    @Test func fractionsWhereWholeNumbersAreNeededHaveTheirKey() {
        let text = message { _ = try panoptic(segments: #"{"id": 1.5, "category_id": 1}"#) }
        #expect(text.contains("key annotations.[0].segments_info.[0].id (line 1, column"), "\(text)")
        #expect(text.contains("expected a whole number"), "\(text)")
    }

    /// COCO's own list without names would be taken by its numbers alone.
    @Test(arguments: ["", #", "categories": [{"id": 1}, {"id": 92}]"#]) func namesAreNeeded(categories: String) {
        let text = message { try panoptic(categories: categories).check(.full) }
        #expect(text.contains("panoptic_train2017.json: has no names of categories"), "\(text)")
    }

    @Test func theListDecidesWhichImagesThereAre() throws {
        let data = try panoptic(images: [1, 3])
        #expect(data.items.map(\.id) == ["000000000001", "000000000003"])
        let report = try data.check(.full)
        let left = report.warnings(data.classes).filter { $0.contains("left out") }
        #expect(left.count == 1 && left[0].contains("000000000002.jpg: is not in"), "\(left)")
        let fewer = try panoptic(images: [3])
        let warnings = fewer.inspect(.full).warnings(fewer.classes)
        #expect(warnings.contains { $0.contains("000000000001.jpg: and 1 more images are not in") }, "\(warnings)")
    }

    @Test func picturesLieInsideToo() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/elsewhere", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: folder.path + "/coco/panoptic_train2017", toPath: folder.path + "/coco/elsewhere")
        try panoptic(fileName: "../elsewhere/00000000000ID.png").check(.full)
        try panoptic(fileName: folder.path + "/coco/elsewhere/00000000000ID.png").check(.full)
        let text = message { try panoptic(fileName: "../../../00000000000ID.png").check(.full) }
        #expect(text.contains("leads outside") && text.contains("--allow-outside"), "\(text)")
        #expect(!text.contains("has no panoptic annotation"), "\(text)")
    }
}
