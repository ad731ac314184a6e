import Annotations
import Datasets
import Foundation
import Images
import Testing

/// What is told of data that can be used.
@Suite struct DataWarningTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open(
        _ count: Int, classes: String = #"["a", "b", "c"]"#, more: String = "", split: String = #""labels": "l""#,
        label: (Int, Int) -> UInt16
    ) throws -> SegmentationDataset {
        for index in 0..<count {
            try folder.image("i/\(index).png")
            try folder.labels("l/\(index).png") { label(index, $0) }
        }
        try folder.write(#"{"classes": \#(classes)\#(more), "train": {"images": "i", \#(split)}}"#, "set.json")
        return try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
    }

    private func warnings(_ data: SegmentationDataset, _ depth: CheckDepth = .full) throws -> [String] {
        try data.check(depth).warnings(data.classes)
    }

    @Test func classesWithoutAPixelAreNamed() throws {
        #expect(try warnings(open(2) { $1 % 3 == 0 ? 0 : UInt16($1 % 3) }) == [])
        #expect(
            try warnings(open(2) { UInt16($1 % 2) }) == [#"class 2 "c" has no pixel in the 2 label images read"#])
        #expect(
            try warnings(open(2) { _, _ in 1 })
                == [#"2 of 3 classes have no pixel in the 2 label images read: 0 "a", 2 "c""#])
        let many = (0..<30).map { "\"n\($0)\"" }.joined(separator: ", ")
        let text = try warnings(open(2, classes: "[\(many)]") { _, _ in 0 })
        try #require(text.count == 1)
        #expect(
            text[0].hasPrefix("29 of 30 classes have no pixel in the 2 label images read: 1 \"n1\","), "\(text)")
        #expect(text[0].hasSuffix("8 \"n8\" and 21 more"))
    }

    /// Masks as drawing tools export them: 255, the ignore label, is meant as the second class.
    @Test func masksOf0And255AreTold() throws {
        let text = try warnings(open(3, classes: #"["background", "lesion"]"#) { $1 < 24 ? 255 : 0 })
        try #require(text.count == 2 && text[0] == #"class 1 "lesion" has no pixel in the 3 label images read"#)
        #expect(
            text[1].hasPrefix("the ignore label 255 covers 25.0 % of the 3 label images read; masks of 0 and 255 need"))
        #expect(text[1].contains(#""label_map": {"0": 0, "255": 1} with another "ignore_label""#))
        let mapped = try open(
            3, classes: #"["background", "lesion"]"#,
            more: #", "ignore_label": 2, "label_map": {"0": 0, "255": 1}"#
        ) { $1 < 24 ? 255 : 0 }
        #expect(try warnings(mapped) == [])
    }

    @Test func anIgnoreLabelThatCoversMostIsTold() throws {
        let text = try warnings(open(2) { $1 < 60 ? 255 : UInt16($1 % 3) })
        #expect(text.count == 1 && text[0].hasPrefix("the ignore label 255 covers 62.5 % of the 2 label images read:"))
        #expect(try warnings(open(2) { $1 < 40 ? 255 : UInt16($1 % 3) }) == [])
    }

    @Test func imagesWithoutALabelledPixelAreCounted() throws {
        let data = try open(12) { index, pixel in index < 10 ? 255 : UInt16(pixel % 3) }
        let text = try warnings(data)
        try #require(
            text.count == 2 && text[0].hasPrefix("nothing but ignored pixels in 10 of the 12 label images read: "))
        #expect(text[0].contains("/l/0.png, ") && text[0].hasSuffix(" and 2 more"))
        // Scores may be wanted of nothing but such images, training may not.
        let nothing = try open(2) { _, _ in 255 }.replacing(2)
        #expect(throws: DatasetError.self) { try nothing.check(.full) }
        try nothing.check(.full, forTraining: false)
    }

    /// Before the first step some 500 are read, evenly drawn; `pem-data check` reads all.
    @Test func fiveHundredAreDrawnEvenly() throws {
        let data = try open(1) { UInt16($1 % 2) }
        func many(_ count: Int, of data: SegmentationDataset, item: (Int) -> Int = { _ in 0 }) -> SegmentationDataset {
            SegmentationDataset(
                name: "many", classes: data.classes, labelMap: data.labelMap,
                items: (0..<count).map { number in
                    let files = data.items[item(number)]
                    return .init(id: "\(number)", imagePath: files.imagePath, labelPath: files.labelPath)
                })
        }
        for (count, read) in [(499, 499), (500, 500), (501, 500), (1250, 500)] {
            let report = many(count, of: data).inspect(.bounded)
            #expect(report.labelsRead == read && report.classPixels[0] == 48 * read)
            let text = report.warnings(data.classes)
            let drawn = read < count ? ", drawn evenly from \(count)" : ""
            #expect(text == [#"class 2 "c" has no pixel in the \#(read) label images read\#(drawn)"#])
        }
        #expect(many(501, of: data).inspect(.full).labelsRead == 501)
        // Of each fifth as many.
        let fifths = try open(5) { index, _ in UInt16(index % 3) }
        let report = many(1250, of: fifths) { $0 / 250 }.inspect(.bounded)
        #expect(report.classPixels == [200 * 96, 200 * 96, 100 * 96])
    }

    @Test func crowdedImagesHaveBothNumbers() throws {
        let data = try open(
            3, classes: #"[{"name": "a"}, {"name": "b", "thing": true}]"#, more: #", "instances": "connected""#
        ) { index, pixel in UInt16(pixel % 2 == 0 && pixel / 12 % 2 == 0 && pixel % 12 < 4 + 4 * index ? 1 : 0) }
        let report = try data.check(.bounded)
        // Of eight rows every second has 2, 4 or 6 dots.
        #expect(report.contents.map(\.segments) == [9, 17, 25])
        let text = try #require(report.crowdedImages(.segments, queries: 10))
        #expect(text.contains("/i/2.png has 25 segments, but the network has 10 queries"), "\(text)")
        #expect(text.contains("so have 1 more of 3 images"), "\(text)")
        #expect(report.crowdedImages(.segments, queries: 25) == nil)
        #expect(report.crowdedImages(.classes, queries: 1) != nil && report.crowdedImages(.classes, queries: 2) == nil)
        #expect(report.crowdedImages(.objects, queries: 1) == nil)
    }

    /// One message for each kind, with a count and the first files.
    @Test func problemsAreToldByTheirKinds() throws {
        let data = try open(1) { UInt16($1 % 3) }
        for index in 10..<40 { try folder.image("i/\(index).png") }
        for index in 50..<52 { try folder.labels("l/\(index).png") { _ in 0 } }
        for index in 60..<65 {
            try folder.image("i/\(index).png")
            try folder.labels("l/\(index).png") { $0 < index ? 7 : 0 }
        }
        let again = try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
        let error = #expect(throws: DatasetError.self) { try again.check(.full) }
        let lines = (error?.description ?? "").split(separator: "\n")
        #expect(data.items.count == 1 && lines[0].hasSuffix("set_train: 37 problems"), "\(lines)")
        #expect(lines.filter { $0.contains("has no labels") }.count == 3)
        #expect(lines.contains("    and 27 more of this kind (30 in all)"))
        #expect(lines.filter { $0.contains("labels without an image") }.count == 2)
        #expect(lines.filter { $0.contains("outside the classes") }.count == 3)
        #expect(lines.contains("    and 2 more of this kind (5 in all)"))
        #expect(lines.count == 12, "\(lines)")
    }
}

extension SegmentationDataset {
    /// The first items alone.
    fileprivate func replacing(_ count: Int) -> SegmentationDataset {
        SegmentationDataset(
            name: name, classes: classes, labelMap: labelMap, items: Array(items.prefix(count)),
            pairingProblems: pairingProblems)
    }
}
