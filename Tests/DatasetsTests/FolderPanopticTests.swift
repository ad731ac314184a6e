import Annotations
import Datasets
import Foundation
import Images
import Testing

/// Folders of one's own images with objects told apart: by instance images, by COCO's panoptic list, by what is
/// connected. One picture of 6 × 3 pixels, class 1 is a thing:
///
///     labels   0 1 1 0 1 255      instance image   9 5 7 9 0 9
///              0 1 1 0 1 1                         9 5 7 9 0 0
///              0 0 0 1 0 0                         9 9 9 7 9 9
@Suite struct FolderPanopticTests {
    private let folder: TemporaryFolder
    private static let labels: [UInt16] = [0, 1, 1, 0, 1, 255, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0]
    private static let numbers: [UInt16] = [9, 5, 7, 9, 0, 9, 9, 5, 7, 9, 0, 0, 9, 9, 9, 7, 9, 9]

    /// The three ways to write a split, each with what tells its objects apart.
    enum Way: CaseIterable {
        case numbers, list, connected

        var description: String {
            let head = #""classes": [{"name": "wall", "category": 4}, {"name": "cup", "thing": true, "category": 2}]"#
            let split =
                switch self {
                case .numbers: #""labels": "l", "instances": "n", "instance_suffix": "_n.png""#
                case .list: #""panoptic_json": "p.json""#
                case .connected: #""labels": "l""#
                }
            let top = self == .connected ? #", "instances": "connected""# : ""
            return "{\(head)\(top), \"train\": {\"images\": \"i\", \(split)}}"
        }
    }

    init() throws {
        folder = try TemporaryFolder()
        try folder.image("i/sub/x.png", width: 6, height: 3)
        try folder.labels("l/sub/x.png", width: 6, height: 3) { Self.labels[$0] }
        try writeNumbers(Self.numbers, bits: 16)
        let ids: [UInt32] = zip(Self.labels, Self.numbers).map { label, number in
            label == 255 ? 0 : label == 0 ? 70_000 : UInt32(number) + 1
        }
        try ImageFile.writePNG(
            Image(size: ImageSize(height: 3, width: 6), segmentIDs: ids), to: folder.file("p/sub/x.png"))
        try writeList()
    }

    private func writeNumbers(_ values: [UInt16], width: Int = 6, bits: Int) throws {
        let image = LabelImage(size: ImageSize(height: values.count / width, width: width), values: values)
        try ImageFile.writePNG(labels: image, bits: bits, to: folder.file("n/sub/x_n.png"))
    }

    private func writeList(file: String = "sub/x.png", category: Int = 2, name: String = "cup") throws {
        let segments = [(70_000, 4, 0), (6, category, 0), (8, 2, 0), (1, 2, 1)].map { id, category, crowd in
            #"{"id": \#(id), "category_id": \#(category), "iscrowd": \#(crowd), "area": 1, "bbox": [0, 0, 1, 1]}"#
        }
        try folder.write(
            #"{"images": [{"id": 17, "width": 6, "height": 3, "file_name": "x.jpg"}], "#
                + #""annotations": [{"image_id": 17, "file_name": "\#(file)", "#
                + #""segments_info": [\#(segments.joined(separator: ","))]}], "#
                + #""categories": [{"id": 4, "name": "wall", "isthing": 0}, "#
                + #"{"id": 2, "name": "\#(name)", "isthing": 1}]}"#,
            "p.json")
    }

    private func open(_ way: Way) throws -> SegmentationDataset {
        try folder.write(way.description, "set.json")
        return try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
    }

    private func problems(_ way: Way) throws -> String {
        do { try open(way).check(.full) } catch let error as DatasetError { return error.description }
        return ""
    }

    /// A segment as its class, whether it is a crowd, and its pixels.
    private struct Found: Hashable {
        let label: Int
        let isCrowd: Bool
        let pixels: [Int]
    }

    private func found(_ way: Way) throws -> Set<Found> {
        let data = try open(way)
        #expect(data.items.map(\.id) == ["sub/x"])
        let truth = try data.requiredPanoptic(of: data.items[0])
        #expect(truth.size == ImageSize(height: 3, width: 6))
        let segments = truth.annotation.segments.map { segment in
            Found(
                label: segment.classNumber, isCrowd: segment.isCrowd,
                pixels: truth.ids.indices.filter { truth.ids[$0] == UInt32(segment.id) })
        }
        if way != .list {
            #expect(truth.annotation.segments.map(\.area) == segments.map(\.pixels.count))
            #expect(truth.annotation.segments.map(\.classNumber) == segments.map(\.label).sorted())
        }
        #expect(truth.ids[5] == 0)
        return Set(segments)
    }

    private static let wall = Found(label: 0, isCrowd: false, pixels: [0, 3, 6, 9, 12, 13, 14, 16, 17])

    /// Numbers tell things apart wherever their pixels are; those of stuff count for nothing, 0 is a crowd.
    @Test(arguments: [Way.numbers, .list], [8, 16]) func numbersTellObjectsApart(way: Way, bits: Int) throws {
        try writeNumbers(Self.numbers, bits: bits)
        #expect(
            try found(way) == [
                Self.wall, Found(label: 1, isCrowd: false, pixels: [1, 7]),
                Found(label: 1, isCrowd: false, pixels: [2, 8, 15]),
                Found(label: 1, isCrowd: true, pixels: [4, 10, 11]),
            ])
        #expect(try problems(way) == "")
    }

    @Test func numbersNeedMoreThanEightBits() throws {
        try writeNumbers(Self.numbers.map { $0 == 5 ? 263 : $0 }, bits: 16)
        #expect(try found(.numbers).count == 4)
    }

    /// Over edges and corners, here all of it: the part at the left meets the one at the right at (3, 2).
    @Test func connectedPartsAreObjectsWhenAsked() throws {
        let all = Found(label: 1, isCrowd: false, pixels: [1, 2, 4, 7, 8, 10, 11, 15])
        #expect(try found(.connected) == [Self.wall, all])
        try folder.labels("l/sub/x.png", width: 6, height: 3) { $0 == 15 ? 0 : Self.labels[$0] }
        let parted = try found(.connected)
        #expect(parted.contains(Found(label: 1, isCrowd: false, pixels: [1, 2, 7, 8])))
        #expect(parted.contains(Found(label: 1, isCrowd: false, pixels: [4, 10, 11])))
        #expect(parted.count == 3)

        try folder.write(Way.connected.description.replacing(#", "instances": "connected""#, with: ""), "set.json")
        let plain = try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
        #expect(plain.items.allSatisfy { $0.panoptic == nil })
    }

    /// Labels made of the list's segments are those of the label image; samples have an object a segment.
    @Test(arguments: Way.allCases) func samplesHaveSegmentsAndLabels(way: Way) throws {
        let data = try open(way)
        #expect(try data.labels(of: data.items[0])?.values == Self.labels)
        #expect(data.classes.categoryIDs == [4, 2])
        var augmentation = StandardAugmentation(
            resize: ResizeShortestEdge(minSizes: [3], maxSize: 100), crop: nil)
        augmentation.randomFlip = .none
        let sample = try PanopticMapper(.standard(augmentation)).sample(of: data, seed: 1, epoch: 0, index: 0)
        let truth = try data.requiredPanoptic(of: data.items[0])
        let wanted = truth.annotation.segments.filter { !$0.isCrowd }
        #expect(sample.targets.classes == wanted.map(\.classNumber))
        let ids = sample.targets.layers[0].map { $0 < 0 ? 0 : UInt32(wanted[Int($0)].id) }
        let crowds = Set(truth.annotation.segments.filter(\.isCrowd).map { UInt32($0.id) })
        #expect(ids == truth.ids.map { crowds.contains($0) ? 0 : $0 })
    }

    @Test func wrongPicturesAreNamed() throws {
        try writeNumbers(Array(repeating: 1, count: 15), width: 5, bits: 8)
        #expect(try problems(.numbers).contains("n/sub/x_n.png: is 5x3, but its image"))
        try ImageFile.writePNG(TestData.picture(height: 3, width: 6), to: folder.file("n/sub/x_n.png"))
        #expect(try problems(.numbers).contains("n/sub/x_n.png: is not a label image"))
        try FileManager.default.moveItem(atPath: folder.file("n/sub/x_n.png"), toPath: folder.file("n/y_n.png"))
        let text = try problems(.numbers)
        #expect(text.contains("i/sub/x.png: has no instance image (expected sub/x in"), "\(text)")
        #expect(text.contains("n/y_n.png: instance image without an image"), "\(text)")
        try FileManager.default.removeItem(atPath: folder.path + "/n")
        #expect(throws: DatasetError.self) { try open(.numbers) }
    }

    @Test func wrongListsAreNamed() throws {
        try writeList(category: 3)
        #expect(try problems(.list).contains("p.json: image 17: segment 6 has category 3, which is not in the list"))
        try writeList(name: "mug")
        #expect(try problems(.list).contains(#"p.json: category 2 is "mug" (expected "cup")"#))
        try writeList(file: "x.png")
        let text = try problems(.list)
        #expect(text.contains("i/sub/x.png: has no panoptic annotation (expected image sub/x in"), "\(text)")
        #expect(text.contains("p.json: image x is annotated, but there is no such image"), "\(text)")
    }

    /// Things in the description that contradict one another.
    @Test(arguments: [
        (#""connected""#, #""yes""#, "key instances: expected \"connected\""),
        (#""l""#, #""l", "instances": "n""#, "key train.instances: expected one way to tell objects apart"),
        (#""l""#, #""l", "panoptic_json": "p.json""#, "key train.panoptic_json: expected one way"),
        (#""l""#, #""l", "panoptic_root": "p""#, "key train.panoptic_root: says nothing without panoptic_json"),
        (#""l""#, #""l", "instance_suffix": "p""#, "key train.instance_suffix: says nothing without instances"),
        (#"4"#, #"2"#, "key classes[1].category: 2 is class 0 already"),
        (#""images": "i", "labels": "l""#, #""images": "i""#, "key train.labels: is missing"),
    ])
    func descriptionsAreStrict(old: String, new: String, message: String) throws {
        try folder.write(Way.connected.description.replacing(old, with: new, maxReplacements: 1), "set.json")
        let error = #expect(throws: DatasetError.self) {
            try DatasetCatalog.open(name: "folder:set.json:train", relativeTo: folder.path, environment: [:])
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
