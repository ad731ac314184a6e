import Annotations
import Datasets
import Foundation
import Images
import Metrics
import Testing

/// COCO's panoptic data sets in their official layout.
@Suite struct COCOTests {
    private static let sample =
        (ProcessInfo.processInfo.environment["PEM_DATASETS"] ?? "../shared/datasets") + "/coco_panoptic_sample"
    private let folder: TemporaryFolder
    private var base: String { folder.path + "/coco" }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// One image of 4 by 2 pixels: person, toothbrush, banner, rug-merged and void.
    private func writeImage(
        list: String = Self.list(segments: Self.segments), picture: String = "panoptic_val2017/000000000007.png"
    ) throws {
        try folder.image("coco/val2017/000000000007.jpg", width: 4, height: 2)
        try folder.write(list, "coco/annotations/panoptic_val2017.json")
        let ids: [UInt32] = [70_000, 70_000, 256, 1, 0, 70_000, 3, 3]
        let image = Image(size: ImageSize(height: 2, width: 4), segmentIDs: ids)
        try ImageFile.writePNG(image, to: folder.file("coco/" + picture))
    }

    private static let segments = [
        segment(70_000, category: 1), segment(256, category: 90), segment(1, category: 92),
        segment(3, category: 200),
    ]

    private static func segment(_ id: Int, category: Int) -> String {
        #"{"id": \#(id), "category_id": \#(category), "area": 1, "bbox": [0, 0, 1, 1], "iscrowd": 0}"#
    }

    private static func list(segments: [String]) -> String {
        let names = [(1, "person"), (90, "toothbrush"), (92, "banner"), (200, "rug-merged")]
        let categories = names.map { #"{"id": \#($0), "name": "\#($1)", "isthing": \#($0 < 91 ? 1 : 0)}"# }
        return #"""
            {"images": [{"id": 7, "width": 4, "height": 2, "file_name": "000000000007.jpg"}],
             "annotations": [{"image_id": 7, "file_name": "000000000007.png",
                              "segments_info": [\#(segments.joined(separator: ", "))]}],
             "categories": [\#(categories.joined(separator: ", "))]}
            """#
    }

    @Test(arguments: ["coco_2017_val_panoptic", "coco_2017_val_panoptic_with_sem_seg"])
    func opensAndPrepares(name: String) throws {
        try writeImage()
        let dataset = try DatasetCatalog.open(name: name, root: folder.path)
        #expect(dataset.classes == .coco && dataset.items.map(\.id) == ["000000000007"])
        try dataset.check(.full)
        let expected: [UInt16] = [0, 0, 79, 80, 255, 0, 132, 132]
        #expect(dataset.items[0].labelPath == nil)
        #expect(try dataset.labels(of: dataset.items[0])?.values == expected)

        var notes: [String] = []
        for _ in 0..<2 { try DatasetFamily.coco.prepare(root: folder.path) { notes.append($0) } }
        #expect(notes == ["coco: making the labels of 1 images of val2017"])
        let path = base + "/panoptic_semseg_val2017/000000000007.png"
        #expect(try ImageFile.readLabels(path, bits: 8).values == expected)
        let again = try DatasetCatalog.open(name: name, root: base)
        #expect(again.items[0].labelPath == path)
        try again.check(.full)
    }

    /// Whether the root holds COCO or is its folder.
    @Test(arguments: ["", "/coco"]) func listsLieWhereTheDataSetDoes(inside: String) throws {
        try writeImage()
        let (root, annotations) = (folder.path + inside, folder.path + "/coco/annotations/")
        for name in ["coco_2017_val", "coco_2017_val_panoptic"] {
            #expect(DatasetCatalog.path(of: .panopticList, name, root: root) == annotations + "panoptic_val2017.json")
            #expect(DatasetCatalog.path(of: .instanceList, name, root: root) == annotations + "instances_val2017.json")
        }
    }

    @Test func missingFilesAreNamed() throws {
        #expect(problems().contains("coco/val2017: no such folder; set DATASETS.ROOT"))
        try writeImage()
        try FileManager.default.removeItem(atPath: base + "/annotations")
        try FileManager.default.removeItem(atPath: base + "/panoptic_val2017")
        let text = problems()
        #expect(text.contains("annotations/panoptic_val2017.json: no such file or folder"))
        #expect(text.contains("coco/panoptic_val2017: no such file or folder"))
        #expect(text.contains("unpack panoptic_annotations_trainval2017.zip"))
    }

    private func problems() -> String {
        do {
            try DatasetCatalog.open(name: "coco_2017_val_panoptic", root: folder.path).check(.full)
            return ""
        } catch {
            return "\(error)"
        }
    }

    // MARK: The two images of COCO's own sample

    private func openSample() throws -> SegmentationDataset {
        let files = FileManager.default
        try files.createDirectory(atPath: base + "/annotations", withIntermediateDirectories: true)
        for (source, target) in [
            ("input_images", "val2017"), ("panoptic_examples", "panoptic_val2017"),
            ("panoptic_examples.json", "annotations/panoptic_val2017.json"),
        ] { try files.copyItem(atPath: "\(Self.sample)/\(source)", toPath: "\(base)/\(target)") }
        return try DatasetCatalog.open(name: "coco_2017_val_panoptic", root: folder.path)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: sample), "no coco_panoptic_sample in PEM_DATASETS"))
    func theSampleLoadsAndPrepares() throws {
        let dataset = try openSample()
        let report = try dataset.check(.full)
        #expect(report.imageCount == 2 && report.sizesByCount.map { "\($0.size)" } == ["640x360", "640x427"])
        let before = try dataset.items.map { try dataset.labels(of: $0) }
        for item in dataset.items {
            let truth = try dataset.requiredPanoptic(of: item)
            for segment in truth.annotation.segments {
                #expect(truth.ids.filter { $0 == segment.id }.count == segment.area, "\(item.id) \(segment.id)")
            }
        }
        try DatasetFamily.coco.prepare(root: folder.path) { _ in }
        let prepared = try DatasetCatalog.open(name: "coco_2017_val_panoptic", root: folder.path)
        try prepared.check(.full)
        #expect(prepared.items.allSatisfy { $0.labelPath != nil })
        #expect(try prepared.items.map { try prepared.labels(of: $0) } == before)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: sample), "no coco_panoptic_sample in PEM_DATASETS"))
    func theSampleAgainstItselfIsPerfect() throws {
        let dataset = try openSample()
        let classes = dataset.classes
        var evaluator = PanopticEvaluator(
            categories: classes.names.indices.map {
                .init(id: $0, name: classes.names[$0], isThing: classes.isThing[$0])
            })
        for item in dataset.items {
            let truth = try dataset.requiredPanoptic(of: item)
            let map = PanopticMap(
                ids: truth.ids,
                segments: truth.annotation.segments.map {
                    .init(id: $0.id, category: $0.classNumber, isCrowd: $0.isCrowd, area: $0.area)
                }, place: truth.annotation.path)
            try evaluator.add(prediction: map, truth: map)
        }
        let quality = evaluator.result
        for score in [quality.all, quality.things, quality.stuff] {
            #expect(score.pq == 100 && score.sq == 100 && score.rq == 100)
        }
        #expect(evaluator.tallies.filter { $0.truePositives > 0 }.count == 8)
    }
}
