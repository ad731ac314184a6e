import Annotations
import Datasets
import Foundation
import Images
import Testing

@Suite struct SyntheticScenesTests {
    private let scenes = SyntheticScenes(imageCount: 7, size: ImageSize(height: 64, width: 96), seed: 3)

    @Test func writesAWholeCityscapesFolder() throws {
        let folder = try TemporaryFolder()
        var progress: [Int] = []
        try scenes.write(to: folder.path + "/cityscapes") { progress.append($0) }
        #expect(progress == [6, 7])
        for (name, count) in [("train", 6), ("val", 1)] {
            let dataset = try DatasetCatalog.open(name: "cityscapes_fine_sem_seg_\(name)", root: folder.path) {
                Issue.record("had to make label images: \($0)")
            }
            let report = dataset.inspect(.full)
            #expect(report.problems.isEmpty && report.imageCount == count && report.labelsRead == count)
            #expect(report.sizes == [ImageSize(height: 64, width: 96): count])
            for item in dataset.items {
                let ground =
                    folder.path
                    + "/cityscapes/gtFine/\(name)/\(item.id.prefix { $0 != "_" })/\(item.id)_gtFine"
                try checkAgreement(ground, of: dataset, item)
                #expect(FileManager.default.fileExists(atPath: ground + "_polygons.json"))
            }
            try checkPanoptic(folder.path + "/cityscapes/gtFine", split: name, count: count)
        }
    }

    /// labelTrainIds and instanceIds say the same as labelIds.
    private func checkAgreement(
        _ ground: String, of dataset: SegmentationDataset, _ item: SegmentationDataset.Item
    ) throws {
        let ids = try ImageFile.readLabels(ground + "_labelIds.png").values
        let instances = try ImageFile.readLabels(ground + "_instanceIds.png").values
        let trained = try #require(try dataset.labels(of: item)).values
        #expect(ids.count == 96 * 64 && instances.count == ids.count && trained.count == ids.count)
        #expect(ids.indices.allSatisfy { trained[$0] == CityscapesLabel.trainIDs[Int(ids[$0])] })
        #expect(ids.indices.allSatisfy { instances[$0] == ids[$0] || instances[$0] / 1000 == ids[$0] })
        // Only things are numbered.
        #expect(instances.allSatisfy { $0 < 1000 || CityscapesLabel.all[Int($0) / 1000].hasInstances })
    }

    private struct PanopticList: Decodable {
        struct Image: Decodable { let id, file_name: String }
        struct Annotation: Decodable { let image_id, file_name: String; let segments_info: [Segment] }
        struct Segment: Decodable { let id, category_id, area, iscrowd: Int; let bbox: [Int] }
        struct Category: Decodable { let id, isthing: Int; let name: String }

        let images: [Image]
        let annotations: [Annotation]
        let categories: [Category]
    }

    /// JSON and pictures agree pixel by pixel.
    private func checkPanoptic(_ ground: String, split: String, count: Int) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(ground)/cityscapes_panoptic_\(split).json"))
        let list = try JSONDecoder().decode(PanopticList.self, from: data)
        #expect(list.images.count == count && list.annotations.count == count && list.categories.count == 19)
        #expect(list.categories.filter { $0.isthing == 1 }.count == 8)
        #expect(list.images.allSatisfy { $0.file_name == $0.id + "_gtFine_leftImg8bit.png" })
        for annotation in list.annotations {
            let path = "\(ground)/cityscapes_panoptic_\(split)/\(annotation.file_name)"
            let pixels = try ImageFile.readRGB(path).values
            var areas: [Int: Int] = [:]
            for start in stride(from: 0, to: pixels.count, by: 3) {
                areas[
                    Int(pixels[start]) + 256 * Int(pixels[start + 1]) + 65536 * Int(pixels[start + 2]),
                    default: 0] += 1
            }
            areas[0] = nil
            #expect(
                Dictionary(uniqueKeysWithValues: annotation.segments_info.map { ($0.id, $0.area) }) == areas)
        }
    }

    @Test func theSameSeedGivesTheSameScenes() {
        func isSame(_ first: SyntheticScenes, _ split: String, _ index: Int) -> Bool {
            let (a, b) = (scenes.view(0, split: "train"), first.view(index, split: split))
            return a.image == b.image && a.labels == b.labels && a.instances == b.instances
        }
        #expect(isSame(scenes, "train", 0))
        #expect(!isSame(scenes, "train", 1) && !isSame(scenes, "val", 0))
        #expect(!isSame(SyntheticScenes(imageCount: 7, size: ImageSize(height: 64, width: 96), seed: 4), "train", 0))
    }

    @Test func all19ClassesOccur() {
        let scenes = SyntheticScenes(imageCount: 60, size: ImageSize(height: 64, width: 128), seed: 1)
        var seen: Set<UInt16> = []
        for index in 0..<48 { seen.formUnion(scenes.view(index, split: "train").labels.values) }
        let missing = CityscapesLabel.all.filter { !$0.isIgnored && !seen.contains(UInt16($0.id)) }
        #expect(missing.isEmpty, "\(missing.map(\.name))")
    }

    /// Numbers from cityscapesScripts' rules: things below 1000 are crowds, ignored labels have no segment.
    @Test func segmentsFollowTheOfficialRules() {
        let instances = LabelImage(size: ImageSize(height: 2, width: 4), values: [7, 7, 24, 26001, 7, 1, 24, 26001])
        let segments = CityscapesPanoptic.segments(of: instances)
        #expect(segments.map(\.id) == [7, 24, 26001])
        #expect(segments.map(\.area) == [3, 2, 2] && segments.map(\.crowd) == [0, 1, 0])
        #expect(segments.map(\.category) == [7, 24, 26])
        #expect(segments.map(\.box) == [[0, 0, 2, 2], [2, 0, 1, 2], [3, 0, 1, 2]])
        let picture = CityscapesPanoptic.picture(instances)
        #expect(
            Array(picture.values[9..<12]) == [145, 101, 0] && Array(picture.values[15..<18]) == [0, 0, 0])
    }
}
