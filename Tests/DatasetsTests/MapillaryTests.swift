import Annotations
import Datasets
import Foundation
import Images
import Testing

/// Mapillary Vistas in its official layout, as it is shipped.
@Suite struct MapillaryTests {
    private static let classes = ClassTable.mapillary
    private let folder: TemporaryFolder
    private var base: String { folder.path + "/mapillary_vistas/" }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// An image of 12 by 8 pixels: 0 to 65 in its first pixels, then Car (55) and unlabelled (65).
    private func writeLabels(_ split: String = "training", labels: String = "labels") throws {
        try folder.image("mapillary_vistas/\(split)/images/-0A_b.jpg")
        let values = (0..<96).map { UInt16($0 < 66 ? $0 : $0 < 90 ? 55 : 65) }
        try ImageFile.writePNG(
            labels: LabelImage(size: ImageSize(height: 8, width: 12), values: values), bits: 8,
            colors: Self.classes.colors, to: folder.file("mapillary_vistas/\(split)/\(labels)/-0A_b.png"))
    }

    /// Bird (category 1), Ego Vehicle (65), two cars (56), void; list and picture in one folder.
    private func writeSegments(categories: [Int: String] = [:]) throws {
        let ids = (0..<96).map { UInt32($0 < 24 ? 300 : $0 < 48 ? 2 : $0 < 60 ? 70_000 : $0 < 72 ? 5 : 0) }
        try ImageFile.writePNG(
            Image(size: ImageSize(height: 8, width: 12), segmentIDs: ids),
            to: folder.file("mapillary_vistas/training/panoptic/-0A_b.png"))
        let segments = [(300, 1), (2, 65), (70_000, 56), (5, 56)].map { id, category in
            #"{"id": \#(id), "category_id": \#(category), "area": 24, "bbox": [0, 0, 12, 2], "iscrowd": 0}"#
        }
        let names = (1...65).map { id in
            #"{"id": \#(id), "name": "\#(categories[id] ?? Self.classes.names[id - 1])", "isthing": 1}"#
        }
        try folder.write(
            #"""
            {"images": [{"id": "-0A_b", "width": 12, "height": 8, "file_name": "-0A_b.jpg"}],
             "annotations": [{"image_id": "-0A_b", "file_name": "-0A_b.png",
                              "segments_info": [\#(segments.joined(separator: ", "))]}],
             "categories": [\#(names.joined(separator: ", "))]}
            """#, "mapillary_vistas/training/panoptic/panoptic_2018.json")
    }

    @Test(arguments: [("train", "training"), ("val", "validation")])
    func labelsAreIndicesOfThePalette(part: String, split: String) throws {
        try writeLabels(split)
        let dataset = try DatasetCatalog.open(name: "mapillary_vistas_sem_seg_" + part, root: folder.path)
        #expect(dataset.classes == Self.classes && dataset.items.map(\.id) == ["-0A_b"])
        let report = try dataset.check(.full)
        #expect(report.ignoredPixels == 7 && report.classPixels[55] == 25 && report.classPixels[64] == 1)
    }

    @Test func segmentsComeWithLabels() throws {
        try writeLabels()
        try writeSegments()
        let dataset = try DatasetCatalog.open(name: "mapillary_vistas_panoptic_train", root: folder.path)
        try dataset.check(.full)
        let item = try #require(dataset.items.first)
        let truth = try #require(try dataset.panoptic(of: item))
        #expect(truth.annotation.segments.map(\.classNumber) == [0, 64, 55, 55])
        #expect(try dataset.labels(of: item)?.values[64] == 64)
    }

    @Test func categoriesOfAnotherVersionAreRefused() throws {
        try writeLabels()
        try writeSegments(categories: [9: "Curb Cut"])
        let dataset = try DatasetCatalog.open(name: "mapillary_vistas_panoptic_train", root: folder.path)
        let error = try #require(throws: DatasetError.self) { try dataset.check(.sizes) }
        #expect(error.description.contains(#"category 9 is "Curb Cut" (expected "Crosswalk - Plain")"#), "\(error)")
    }

    /// The archive of version 2.0 has the labels of 1.2 one folder deeper.
    @Test func aDeeperFolderIsNamed() throws {
        try writeLabels(labels: "v1.2/labels")
        let error = try #require(throws: DatasetError.self) {
            try DatasetCatalog.open(name: "mapillary_vistas_sem_seg_train", root: folder.path)
        }
        #expect(error.advice == "move \(base)training/v1.2/labels here, or make a link to it")
    }

    @Test func theTableIsTheOfficialOne() {
        let classes = Self.classes
        #expect(classes.count == 65 && classes.isThing.count { $0 } == 37 && classes.ignoreLabel == 65)
        #expect(classes.categoryIDs == Array(1...65) && Set(classes.names).count == 65)
        #expect(classes.names[55] == "Car" && classes.isThing[55] && classes.colors[55] == .init(0, 0, 142))
        #expect(classes.names[64] == "Ego Vehicle" && !classes.isThing[64] && !classes.isThing[43])
        #expect(
            DatasetCatalog.path(of: .panopticList, "mapillary_vistas_panoptic_val", root: "r")
                == "r/mapillary_vistas/validation/panoptic/panoptic_2018.json")
    }

    /// The official mappers pad labels with 65, the picture with 128, segments with nothing (INPUT.SIZE_DIVISIBILITY):
    /// what is padded belongs to no class.
    @Test(arguments: [false, true])
    func paddingIsIgnored(panoptic: Bool) throws {
        try writeLabels()
        try writeSegments()
        let name = panoptic ? "mapillary_vistas_panoptic_train" : "mapillary_vistas_sem_seg_train"
        let dataset = try DatasetCatalog.open(name: name, root: folder.path)
        let side = ImageSize(height: 16, width: 16)
        // Twice 8 by 12, cropped to 16 by 16, or as it is, padded to it.
        for length in [16, 8] {
            let augmentation = StandardAugmentation(
                resize: .init(minSizes: [length], maxSize: 64), crop: .init(size: .absolute(side)),
                colorAugmentation: false, randomFlip: .none, sizeDivisibility: 16)
            let mapper: any TrainingMapper =
                panoptic ? PanopticMapper(.standard(augmentation)) : SemanticMapper(augmentation)
            let sample = try mapper.sample(of: dataset, seed: 1, epoch: 0, index: 0)
            let labels = try #require(sample.labels)
            #expect(sample.image.size == side && labels.size == side)
            let outside = (0..<256).filter { length == 8 && ($0 / 16 >= 8 || $0 % 16 >= 12) }
            #expect(outside.count == (length == 8 ? 160 : 0))
            #expect(outside.allSatisfy { labels.values[$0] == 65 && sample.image.values[3 * $0] == 128 })
            #expect(outside.allSatisfy { sample.targets.layers[0][$0] == -1 })
            #expect(!sample.targets.classes.contains(65))
            if length == 8 { #expect(sample.targets.classes == (panoptic ? [0, 64, 55, 55] : Array(0...64))) }
        }
    }
}
