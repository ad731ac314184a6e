import Annotations
import Datasets
import Foundation
import Images
import Testing

/// `pem-data prepare ade20k` against the official scripts' files of Tests/Fixtures/ADE20K
/// (Tools/reference/ade20k.py --write).
@Suite struct ADE20KPreparationTests {
    private static let fixtures =
        URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/ADE20K"
    private static let name = "ADEChallengeData2016"
    private let folder: TemporaryFolder
    private var base: String { "\(folder.path)/\(Self.name)" }
    private var official: String { "\(Self.fixtures)/official/\(Self.name)" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func copyImages() throws {
        try FileManager.default.copyItem(atPath: "\(Self.fixtures)/given/\(Self.name)", toPath: base)
    }

    private func json(_ path: String) throws -> NSDictionary {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
    }

    @Test(arguments: ["train", "val"]) func listsAreTheOfficialOnes(split: String) throws {
        try copyImages()
        try DatasetFamily.ade20k.prepare(root: folder.path) { _ in }
        let instances = "ade20k_instance_\(split).json"
        #expect(try json("\(base)/\(instances)") == json("\(official)/\(instances)"))

        let panoptic = "ade20k_panoptic_\(split)"
        let (ours, theirs) = try (json("\(base)/\(panoptic).json"), json("\(official)/\(panoptic).json"))
        for key in ["images", "categories"] { #expect(ours[key] as? NSArray == theirs[key] as? NSArray) }
        let (got, expected) = (try annotations(ours), try annotations(theirs))
        try #require(got.count == expected.count)
        for (one, other) in zip(expected, got) { try compare(one, other, panoptic) }
    }

    private func annotations(_ list: NSDictionary) throws -> [[String: Any]] {
        try #require(list["annotations"] as? [[String: Any]])
    }

    /// Equal but for the numbers of a class's second and further things, in list and picture alike.
    private func compare(_ expected: [String: Any], _ got: [String: Any], _ folder: String) throws {
        let file = try #require(expected["file_name"] as? String)
        for key in ["image_id", "file_name"] { #expect(expected[key] as? String == got[key] as? String) }
        let theirs = try #require(expected["segments_info"] as? [[String: Any]])
        let ours = try #require(got["segments_info"] as? [[String: Any]])
        try #require(theirs.count == ours.count)
        var (numbers, seen): ([UInt32: UInt32], Set<Int>) = ([0: 0], [])
        for (their, our) in zip(theirs, ours) {
            let (number, ourNumber) = try (#require(their["id"] as? Int), #require(our["id"] as? Int))
            numbers[UInt32(number)] = UInt32(ourNumber)
            #expect(our.filter { $0.key != "id" } as NSDictionary == their.filter { $0.key != "id" } as NSDictionary)
            let isFirst = seen.insert(try #require(their["category_id"] as? Int)).inserted
            #expect(!isFirst || number == ourNumber, "\(file): \(ourNumber), not \(number)")
        }
        #expect(Set(numbers.values).count == numbers.count, "\(file)")
        let (theirIDs, ourIDs) = try (
            ImageFile.readRGB("\(official)/\(folder)/\(file)").segmentIDs,
            ImageFile.readRGB("\(base)/\(folder)/\(file)").segmentIDs
        )
        #expect(theirIDs.map { numbers[$0] } == ourIDs, "\(file)")
    }

    @Test(arguments: ["training", "validation"]) func labelsAreTheOfficialOnes(split: String) throws {
        try copyImages()
        try DatasetFamily.ade20k.prepare(root: folder.path) { _ in }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(base)/annotations_detectron2/\(split)")
        #expect(!names.isEmpty)
        for name in names {
            let file = "annotations_detectron2/\(split)/\(name)"
            #expect(try ImageFile.readLabels("\(base)/\(file)") == ImageFile.readLabels("\(official)/\(file)"))
        }
    }

    /// A data set whose list is missing makes it; its official list is read as it is. Stuff that is covered
    /// entirely stays, with the area it had.
    @Test func openingMakesTheList() throws {
        try copyImages()
        var notes: [String] = []
        for _ in 0..<2 {
            let dataset = try DatasetCatalog.open(name: "ade20k_panoptic_train", root: folder.path) {
                notes.append($0)
            }
            try dataset.check(.full)
            #expect(dataset.items.count == 2)
            for item in dataset.items {
                let truth = try dataset.requiredPanoptic(of: item)
                let water = try #require(truth.annotation.segments.first { $0.classNumber == 21 })
                #expect(water.area == 9 && truth.annotation.segments.allSatisfy { !$0.isCrowd })
            }
        }
        #expect(notes.filter { $0.contains("panoptic annotations of 2 images of training") }.count == 1)
        for name in ["ade20k_panoptic_train.json", "ade20k_panoptic_train"] {
            try FileManager.default.removeItem(atPath: "\(base)/\(name)")
            try FileManager.default.copyItem(atPath: "\(official)/\(name)", toPath: "\(base)/\(name)")
        }
        try DatasetCatalog.open(name: "ade20k_panoptic_train", root: folder.path).check(.full)
    }

    @Test func manyThingsOfAClassDiffer() throws {
        try copyImages()
        let stem = "validation/ADE_val_00000001"
        let size = try ImageFile.size(of: "\(base)/images/\(stem).jpg")
        try #require(size.area > 256)
        let pixels = (0..<size.area).flatMap {
            [$0 % 256 == 0 ? 0 : 1, UInt8($0 % 256), 0] as [UInt8]
        }
        try ImageFile.writePNG(
            Image<UInt8>(size: size, channels: 3, values: pixels),
            to: "\(base)/annotations_instance/\(stem).png")
        let dataset = try DatasetCatalog.open(name: "ade20k_panoptic_val", root: folder.path)
        try dataset.check(.full)
        let segments = try #require(dataset.items[0].panoptic).segments.filter { $0.classNumber == 7 }
        #expect(Set(segments.map(\.id)).count == 255)
        for segment in segments {
            let levels = [segment.id & 255, segment.id >> 8 & 255, segment.id >> 16]
            #expect(zip(levels, [204, 5, 255]).allSatisfy { abs($0 - $1) <= 30 })
        }
    }

    private func problems(of name: String = "ade20k_panoptic_val") -> String {
        do {
            try DatasetCatalog.open(name: name, root: folder.path).check(.full)
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// An object's pixels in the instance image of the validation split, and the message.
    @Test(
        arguments: [
            ([[3, 7, 0], [4, 7, 0]], "object 7 is of class 3 and 4 (expected one class of 1 to 100)"),
            ([[0, 9, 0], [0, 9, 0]], "object 9 is of class 0 (expected one class of 1 to 100)"),
            ([[101, 200, 0], [101, 200, 0]], "object 200 is of class 101 (expected one class of 1 to 100)"),
        ] as [([[UInt8]], String)])
    func objectsOfNoClassAreNamed(objects: [[UInt8]], message: String) throws {
        try copyImages()
        let stem = "validation/ADE_val_00000001"
        let size = try ImageFile.size(of: "\(base)/images/\(stem).jpg")
        let path = "\(base)/annotations_instance/\(stem).png"
        let pixels = (0..<size.area).flatMap { $0 < 2 ? objects[$0] : [0, 0, 0] as [UInt8] }
        try ImageFile.writePNG(Image<UInt8>(size: size, channels: 3, values: pixels), to: path)
        let text = problems()
        #expect(text.contains("\(path): \(message)"), "\(text)")
    }

    @Test func wrongImagesAreNamed() throws {
        try copyImages()
        let path = "annotations_instance/validation/ADE_val_00000001.png"
        try FileManager.default.removeItem(atPath: "\(base)/\(path)")
        #expect(problems().contains("ADE_val_00000001.jpg: has no labels (expected \(base)/\(path))"))
        try folder.labels("\(Self.name)/\(path)") { _ in 1 }
        #expect(problems().contains("\(path): does not hold numbers of objects (expected an RGB PNG of 8 bits"))
        try folder.image("\(Self.name)/\(path)", width: 5, height: 4)
        #expect(problems().contains("object"))
        try ImageFile.writePNG(
            Image<UInt8>(size: ImageSize(height: 4, width: 5), fill: [0, 0, 0]), to: "\(base)/\(path)")
        #expect(problems().contains("\(path): is 5x4, but its image"))
    }

    @Test func theMissingFolderIsNamed() throws {
        try copyImages()
        try FileManager.default.removeItem(atPath: base + "/annotations_instance")
        let text = problems()
        #expect(text.contains("annotations_instance/validation: no such folder; unpack annotations_instance.tar"))
        #expect(problems(of: "ade20k_sem_seg_val") == "")
        #expect(throws: DatasetError.self) { try DatasetFamily.ade20k.prepare(root: folder.path) { _ in } }
        let empty = try TemporaryFolder()
        do {
            try DatasetFamily.ade20k.prepare(root: empty.path) { _ in }
        } catch {
            #expect("\(error)".contains("ADEChallengeData2016/images/training: no such folder; set --root"))
        }
    }
}
