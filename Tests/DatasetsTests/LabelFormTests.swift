import Annotations
import Datasets
import Foundation
import Images
import Testing

/// Label images as other programs write them: numbers in several channels, and colours.
@Suite struct LabelFormTests {
    private let folder: TemporaryFolder
    private static let numbers: [UInt8] = [0, 1, 1, 2, 2, 255]
    private static let colors: [[UInt8]] = [[10, 20, 30], [200, 0, 0], [0, 0, 200]]
    private static let classes =
        #""classes": [{"name": "a", "color": [10, 20, 30]}, {"name": "b", "color": [200, 0, 0], "thing": true}, "#
        + #"{"name": "c", "color": [0, 0, 200]}]"#

    init() throws {
        folder = try TemporaryFolder()
        try folder.image("i/x.png", width: 3, height: 2)
    }

    private func write(_ pixels: [[UInt8]], to name: String = "l/x.png") throws {
        let image = Image<UInt8>(
            size: ImageSize(height: 2, width: 3), channels: pixels[0].count, values: pixels.flatMap(\.self))
        try ImageFile.writePNG(image, to: folder.file(name))
    }

    private func open(
        _ more: String = "", split: String = #""labels": "l""#
    ) throws -> SegmentationDataset {
        try folder.write(#"{\#(Self.classes)\#(more), "train": {"images": "i", \#(split)}}"#, "set.json")
        return try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    private static func grey(_ number: UInt8) -> [UInt8] { [number, number, number] }
    private static func color(_ number: UInt8) -> [UInt8] {
        number == 255 ? [0, 0, 0] : colors[Int(number)]
    }

    private static let expected = numbers.map(UInt16.init)

    @Test func threeEqualChannelsAreANumber() throws {
        try write(Self.numbers.map(Self.grey))
        let data = try open()
        #expect(try data.labels(of: data.items[0])?.values == Self.expected)
        #expect(try data.check(.full).classPixels == [1, 2, 2])
        try write(Self.numbers.map { Self.grey($0 == 2 ? 1 : $0) })
        let map = try open(#", "label_map": {"1": 2, "0": 0}"#)
        #expect(try map.labels(of: map.items[0])?.values == [0, 2, 2, 2, 2, 255])
    }

    /// mmsegmentation's reduce_zero_label; the ignore label stays what it is.
    @Test func aBackgroundIsTakenAwayOnce() throws {
        try write([0, 1, 2, 3, 3, 255].map(Self.grey))
        let data = try open(#", "reduce_zero_label": true"#)
        #expect(try data.labels(of: data.items[0])?.values == [255, 0, 1, 2, 2, 255])
        #expect(try data.check(.full).classPixels == [1, 1, 2])
        try write([0, 1, 2, 3, 4, 255].map(Self.grey))
        let text = message { try open(#", "reduce_zero_label": true"#).check(.full) }
        #expect(text.contains("label 4 outside the classes") && text.contains("0 to 3 or 255"), "\(text)")
    }

    /// Alpha may be there as long as it is opaque everywhere.
    @Test(arguments: [(channels: 2, colorType: UInt8(4)), (4, 6), (3, 2)], [UInt8(255), 254])
    func opaqueAlphaIsPassedOver(form: (channels: Int, colorType: UInt8), alpha: UInt8) throws {
        let rows = Self.numbers.enumerated().map { index, number -> [UInt8] in
            let level = Array(repeating: number, count: form.channels == 2 ? 1 : 3)
            return form.channels == 3 ? level : level + [index == 4 ? alpha : 255]
        }
        try PlainPNG.write(rows.flatMap(\.self), width: 3, colorType: form.colorType, to: folder.file("l/x.png"))
        let data = try open()
        if alpha == 255 || form.channels == 3 {
            #expect(try data.labels(of: data.items[0])?.values == Self.expected)
        } else {
            let text = message { _ = try data.labels(of: data.items[0]) }
            #expect(text.contains("is not a label image") && text.contains("column 1, row 1"), "\(text)")
        }
    }

    @Test func otherColoursAreRefusedWithAPlace() throws {
        try write(Self.numbers.map { $0 == 2 ? [2, 2, 3] : Self.grey($0) })
        let text = message { try open().check(.full) }
        #expect(text.contains("l/x.png: is not a label image") && text.contains("column 0, row 1"), "\(text)")
        #expect(text.contains("2, 2, 3") && text.contains("label_colors"), "\(text)")
    }

    @Test func coloursOfClassesAreRead() throws {
        try write(Self.numbers.map(Self.color))
        let data = try open(#", "label_colors": true, "ignore_color": [0, 0, 0]"#)
        #expect(try data.labels(of: data.items[0])?.values == Self.expected)
        #expect(try data.check(.full).ignoredPixels == 1)
        let mapper = SemanticMapper(.init(resize: ResizeShortestEdge(minSizes: [2], maxSize: 100), crop: nil))
        #expect(try mapper.sample(of: data, seed: 0, epoch: 0, index: 0).targets.classes == [0, 1, 2])
        let sample = try EvaluationMapper(minSize: 0, maxSize: 100).sample(of: data, index: 0)
        #expect(sample.labels?.values == Self.expected)
    }

    /// What is connected in the labels, and what numbers tell apart, are objects in either form.
    @Test(arguments: [true, false]) func panopticSegmentsAreMadeOfThem(isColored: Bool) throws {
        try write(Self.numbers.map { isColored ? Self.color($0) : Self.grey($0) })
        try write(Self.numbers.map { Self.grey($0 == 1 ? 7 : 0) }, to: "n/x.png")
        let colors = isColored ? #", "label_colors": true, "ignore_color": [0, 0, 0]"# : ""
        for (more, split) in [
            (#", "instances": "connected""#, #""labels": "l""#), ("", #""labels": "l", "instances": "n""#),
        ] {
            let data = try open(colors + more, split: split)
            try data.check(.full)
            let truth = try data.requiredPanoptic(of: data.items[0])
            #expect(truth.annotation.segments.map(\.classNumber) == [0, 1, 2])
            #expect(truth.annotation.segments.map(\.area) == [1, 2, 2])
            #expect(truth.annotation.segments.allSatisfy { !$0.isCrowd })
        }
    }

    @Test func aColourOfNoClassIsNamed() throws {
        try write(Self.numbers.map { $0 == 1 ? [1, 2, 3] : Self.color($0) })
        let text = message { try open(#", "label_colors": true, "ignore_color": [0, 0, 0]"#).check(.full) }
        #expect(
            text.contains("l/x.png: the colour [1, 2, 3] at column 1, row 0 is no class's; 2 pixels have 1"), "\(text)")
        let void = message { try open(#", "label_colors": true"#).check(.full) }
        #expect(void.contains("the colour [1, 2, 3] at column 1") && void.contains("3 pixels have 2"), "\(void)")
    }

    @Test(arguments: [
        (#", "label_colors": true, "ignore_color": [200, 0, 0]"#, #"key ignore_color: is that of class 1, "b""#),
        (#", "label_colors": true, "label_map": {"1": 0}"#, "key label_map: says nothing"),
        (#", "label_colors": true, "reduce_zero_label": true"#, "key reduce_zero_label: says nothing"),
        (#", "label_map": {"0": 255}, "reduce_zero_label": true"#, "key reduce_zero_label: would take"),
        (#", "ignore_color": [0, 0, 0]"#, "key ignore_color: says nothing without"),
    ])
    func contradictionsAreNamed(more: String, expected: String) {
        let text = message { _ = try open(more) }
        #expect(text.contains(expected) && text.contains("set.json") && text.contains("(line 1, column"), "\(text)")
    }

    @Test(arguments: [
        (#"["a", {"name": "b", "color": [1, 2, 3]}]"#, "key classes[0].color: is missing"),
        (
            #"[{"name": "a", "color": [1, 2, 3]}, {"name": "b", "color": [1, 2, 3]}]"#,
            #"key classes[1].color: is that of class 0, "a", already"#
        ),
    ])
    func classesNeedColoursThatDiffer(classes: String, expected: String) throws {
        try folder.write(
            #"{"classes": \#(classes), "label_colors": true, "train": {"images": "i", "labels": "l"}}"#, "set.json")
        let text = message {
            _ = try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
        }
        #expect(text.contains(expected), "\(text)")
    }
}
