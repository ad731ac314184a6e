import Annotations
import Datasets
import Foundation
import Images
import Testing

@Suite struct CityscapesPanopticTests {
    private let folder: TemporaryFolder
    private var ground: String { folder.path + "/cityscapes/gtFine" }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The synthetic writer and the preparation are one piece: what is made again is what was there.
    @Test func preparesWhatWasTakenAway() throws {
        try SyntheticScenes(imageCount: 6, size: ImageSize(height: 32, width: 64), seed: 5)
            .write(to: folder.path + "/cityscapes")
        let before = try contents()
        #expect(before.count == 2 + 6 + 6)
        for path in before.keys { try FileManager.default.removeItem(atPath: path) }
        var notes: [String] = []
        try DatasetFamily.cityscapes.prepare(root: folder.path) { notes.append($0) }
        #expect(try contents() == before)
        #expect(notes.count == 4 && notes.allSatisfy { $0.hasPrefix("cityscapes: making") })
    }

    /// All derived files: lists, panoptic pictures, labelTrainIds.
    private func contents() throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: ground)
        where name.hasSuffix(".json") && name.contains("panoptic") || name.hasSuffix("_panoptic.png")
            || name.hasSuffix("_labelTrainIds.png")
        {
            found["\(ground)/\(name)"] = try Data(contentsOf: URL(fileURLWithPath: "\(ground)/\(name)"))
        }
        return found
    }

    private func prepare(instances: LabelImage, bits: Int) throws -> DatasetError? {
        let stem = "cityscapes/gtFine/val/bonn/bonn_000000_000019_gtFine_"
        try folder.labels(stem + "labelIds.png", width: 4, height: 2) { _ in 7 }
        try ImageFile.writePNG(labels: instances, bits: bits, to: folder.file(stem + "instanceIds.png"))
        do {
            try DatasetFamily.cityscapes.prepare(root: folder.path) { _ in }
            return nil
        } catch let error as DatasetError {
            return error
        }
    }

    @Test func refusesInstancesOfEightBits() throws {
        let error = try prepare(instances: LabelImage(size: ImageSize(height: 2, width: 4), fill: [7]), bits: 8)
        let text = try #require(error).description
        #expect(text.contains("bonn_000000_000019_gtFine_instanceIds.png: has labels of the wrong depth"))
        #expect(text.contains("16 bits") && text.contains("grey PNG of 8 bits"))
    }

    @Test func namesInstancesOfNoLabel() throws {
        let values: [UInt16] = [7, 7, 34, 7, 40_000, 7, 7, 7]
        let error = try prepare(instances: LabelImage(size: ImageSize(height: 2, width: 4), values: values), bits: 16)
        let text = try #require(error).description
        #expect(
            text.contains(
                "instanceIds.png: labels 34, 40000 outside the classes on 2 pixels, first at column 2, row 0"))
    }

    @Test func crowdsAndIgnoredLabelsAreWrittenAsTheOfficialScriptDoes() throws {
        let values: [UInt16] = [7, 1, 24, 24_001, 7, 33_256, 24, 29_000]
        let instances = LabelImage(size: ImageSize(height: 2, width: 4), values: values)
        #expect(try prepare(instances: instances, bits: 16) == nil)
        let pixels = try ImageFile.readRGB(
            ground + "/cityscapes_panoptic_val/bonn_000000_000019_gtFine_panoptic.png"
        ).values
        let ids = (0..<8).map {
            Int(pixels[3 * $0]) + 256 * Int(pixels[3 * $0 + 1]) + 65_536 * Int(pixels[3 * $0 + 2])
        }
        #expect(ids == [7, 0, 24, 24_001, 7, 33_256, 24, 0])
        let again = try prepare(instances: LabelImage(size: ImageSize(height: 2, width: 4), values: values), bits: 16)
        #expect(again == nil, "made again")
    }

    @Test func namesTheFolderThatIsMissing() throws {
        #expect(throws: DatasetError.self) { try DatasetFamily.cityscapes.prepare(root: folder.path) { _ in } }
        do {
            try DatasetFamily.cityscapes.prepare(root: folder.path) { _ in }
        } catch {
            #expect("\(error)".contains("cityscapes/gtFine/train: no such folder"))
        }
    }
}
