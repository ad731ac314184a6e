import Annotations
import Datasets
import Images
import Testing

/// What detectron2's transforms make of the picture and the objects of `instanceMapperList`, with our random
/// numbers.
struct InstanceMapperExpectation: Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let jitters: Bool
    let scales: ClosedRange<Double>
    let height, width: Int
    let hash: UInt64
    /// Class, and the mask as pycocotools compresses it.
    let objects: [(Int, String)]
    var testDescription: String { "\(jitters ? "jitter" : "crop") \(seed)" }
}

@Suite struct InstanceMapperTests {
    private func listed(_ folder: TemporaryFolder, _ list: String = instanceMapperList) throws -> SegmentationDataset {
        try folder.write(list, "coco/annotations/instances_train2017.json")
        try folder.image("coco/train2017/000000000007.png", width: 90, height: 60)
        return try DatasetCatalog.open(name: "coco_2017_train", root: folder.path)
    }

    private func masks(_ targets: MaskTargets) -> [RunLengthMask] {
        targets.classes.indices.map { segment in
            let layer = targets.layers[targets.layerOfSegment[segment]]
            return RunLengthMask(height: targets.height, width: targets.width) { layer[$0] == segment }
        }
    }

    @Test(arguments: instanceMapperExpectations) func agreesWithDetectron2(test: InstanceMapperExpectation) throws {
        let folder = try TemporaryFolder()
        let data = try listed(folder)
        try data.check(.full)
        let crop = RandomCrop(size: .absolute(ImageSize(height: 44, width: 50)), singleCategoryMaxArea: 0.5)
        let standard = StandardAugmentation(
            resize: ResizeShortestEdge(minSizes: [40, 60, 97], maxSize: 400), crop: crop, colorAugmentation: false)
        let mapper = InstanceMapper(
            test.jitters ? .jitter(LargeScaleJitter(imageSize: 48, scales: test.scales)) : .standard(standard))
        let sample = try mapper.sample(of: data, seed: test.seed, epoch: 0, index: 0)
        #expect([sample.image.height, sample.image.width] == [test.height, test.width])
        #expect(TestData.hash(sample.image.values) == test.hash)
        // With jitter the official mapper has no place for masks, of which the list has one.
        let found = zip(sample.targets.classes, masks(sample.targets)).filter { !test.jitters || $0.0 != 79 }
        #expect(found.map(\.0) == test.objects.map(\.0))
        #expect(found.map(\.1.text) == test.objects.map(\.1))
        // Other draws, other windows: both mappers are functions of the seed.
        #expect(sample == (try mapper.sample(of: data, seed: test.seed, epoch: 0, index: 0)))
    }

    /// Objects of instanceIds are the things of the panoptic list that are wider and higher than a pixel.
    @Test func cityscapesHasTheThingsOfItsPanopticList() throws {
        let folder = try TemporaryFolder()
        try SyntheticScenes(imageCount: 5, size: ImageSize(height: 48, width: 96), seed: 7)
            .write(to: folder.path + "/cityscapes")
        let data = try DatasetCatalog.open(name: "cityscapes_fine_instance_seg_train", root: folder.path)
        let panoptic = try DatasetCatalog.open(name: "cityscapes_fine_panoptic_train", root: folder.path)
        let report = try data.check(.full)
        #expect(report.labelsRead == 4 && report.classPixels.count == 8)
        #expect(data.items.map(\.id) == panoptic.items.map(\.id))
        var configuration = StandardAugmentation(
            resize: ResizeShortestEdge(minSizes: [48], maxSize: 400), crop: nil)
        configuration.sizeDivisibility = 100
        var count = 0
        for (index, item) in panoptic.items.enumerated() {
            let truth = try #require(try panoptic.panoptic(of: item))
            let objects = try #require(try data.instances(of: data.items[index])).objects
            let things = truth.annotation.segments.filter { $0.classNumber >= 11 }
            let expected = things.compactMap { segment -> InstanceTruth.Object? in
                let mask = RunLengthMask(height: 48, width: 96) { truth.ids[$0] == UInt32(segment.id) }
                let places = mask.bits.indices.filter { mask.bits[$0] }
                guard Set(places.map { $0 / 96 }).count > 1, Set(places.map { $0 % 96 }).count > 1 else { return nil }
                return .init(
                    classNumber: segment.classNumber - 11, isCrowd: segment.isCrowd, area: Double(segment.area),
                    shape: .mask(mask))
            }
            #expect(objects == expected)
            count += objects.count
            let sample = try InstanceMapper(.standard(configuration))
                .sample(of: data, seed: 1, epoch: 0, index: index)
            #expect(sample.targets.classes == objects.filter { !$0.isCrowd }.map(\.classNumber))
            #expect(sample.targets.layers.count == 1 && sample.targets.height == 100 && sample.labels == nil)
        }
        #expect(count > 10)
    }

    /// PARITY: detectron2's cityscapes.py passes over things a pixel wide or high; what is ignored in evaluation
    /// (a caravan) and stuff are no objects, a number below 1000 is a crowd.
    @Test func slendernessAndCrowdsOfInstanceIDs() throws {
        let folder = try TemporaryFolder()
        let names = ["cityscapes/leftImg8bit/train/a/a_000000_000000_leftImg8bit.png", "cityscapes/gtFine/train/a"]
        try folder.image(names[0], width: 6, height: 3)
        let ids: [UInt16] = [
            26_001, 24_000, 24_000, 7, 25, 25,
            26_001, 24_000, 24_000, 29_000, 25, 25,
            26_001, 33, 33, 29_000, 7, 7,
        ]
        try ImageFile.writePNG(
            labels: LabelImage(size: ImageSize(height: 3, width: 6), values: ids), bits: 16,
            to: folder.file(names[1] + "/a_000000_000000_gtFine_instanceIds.png"))
        let data = try DatasetCatalog.open(name: "cityscapes_fine_instance_seg_train", root: folder.path)
        let truth = try #require(try data.instances(of: data.items[0]))
        #expect(truth.objects.map(\.classNumber) == [1, 0] && truth.objects.map(\.isCrowd) == [true, false])
        let mask = try truth.mask(of: truth.objects[1])
        #expect(mask.counts == [3, 2, 1, 2, 10] && truth.objects[1].area == 4)
    }

    /// PARITY: detectron2's coco.py passes over polygons that are none, and over objects without another.
    @Test func polygonsThatAreNoneAreNoObjects() throws {
        let folder = try TemporaryFolder()
        let list = """
            {"images": [{"id": 7, "file_name": "000000000007.png", "height": 60, "width": 90}], "annotations": [
            {"id": 1, "image_id": 7, "category_id": 1, "segmentation": [[1, 1, 5, 5]]},
            {"id": 2, "image_id": 7, "category_id": 3, "segmentation": [[1, 1, 9, 1, 5], [1, 1, 9, 1, 5, 8]]},
            {"id": 3, "image_id": 7, "category_id": 3, "segmentation": []}], "categories": [{"id": 1}, {"id": 3}]}
            """
        let data = try listed(folder, list)
        try data.check(.full)
        let truth = try #require(try data.instances(of: data.items[0]))
        #expect(
            truth.objects == [
                .init(classNumber: 2, isCrowd: false, area: 0, shape: .polygons([[1, 1, 9, 1, 5, 8]]))
            ])
    }

    /// Panoptic segments under the same jitter: padding is nobody's.
    @Test func jitterMovesPanopticSegmentsWithThePicture() throws {
        let folder = try TemporaryFolder()
        try SyntheticScenes(imageCount: 5, size: ImageSize(height: 48, width: 96), seed: 7)
            .write(to: folder.path + "/cityscapes")
        let data = try DatasetCatalog.open(name: "cityscapes_fine_panoptic_train", root: folder.path)
        let things = try DatasetCatalog.open(name: "cityscapes_fine_instance_seg_train", root: folder.path)
        let jitter = Augmentation.jitter(LargeScaleJitter(imageSize: 64, scales: 0.4...0.6))
        for index in data.items.indices {
            let sample = try PanopticMapper(jitter).sample(of: data, seed: 5, epoch: 0, index: index)
            let other = try InstanceMapper(jitter).sample(of: things, seed: 5, epoch: 0, index: index)
            #expect(sample.image == other.image && sample.image.width == 64 && sample.image.height == 64)
            let labels = try #require(sample.labels)
            #expect(sample.targets.layers[0][64 * 63 + 63] == -1 && labels.values[64 * 63 + 63] == 255)
            // Every object that is left is the segment with its pixels.
            let segments = zip(sample.targets.classes, masks(sample.targets)).filter { $0.0 >= 11 }.map(\.1.text)
            #expect(Set(masks(other.targets).map(\.text)).isSubset(of: Set(segments)))
        }
    }

    @Test func overlappingObjectsLieInLayers() throws {
        let folder = try TemporaryFolder()
        let data = try listed(folder)
        let standard = StandardAugmentation(
            resize: ResizeShortestEdge(minSizes: [60], maxSize: 400), crop: nil, colorAugmentation: false)
        let sample = try InstanceMapper(.standard(standard)).sample(of: data, seed: 1, epoch: 0, index: 0)
        #expect(sample.targets.layers.count > 1 && sample.targets.classes == [2, 0, 56, 0, 79])
        let truth = try #require(try data.instances(of: data.items[0]))
        let areas = try truth.objects.filter { !$0.isCrowd }.map { try truth.mask(of: $0).area }
        // Polygons may differ by a pixel of their edge when mirrored.
        for (mask, area) in zip(masks(sample.targets), areas) { #expect(abs(mask.area - area) <= area / 20) }
    }

    @Test(arguments: [
        ("\"id\": 2,", "\"id\": 1,", "annotation 1 is listed twice"),
        ("\"category_id\": 62", "\"category_id\": 66", "annotation 4 has category 66, which is no class"),
        ("7, \"category_id\": 62", "8, \"category_id\": 62", "image 8 is annotated, but not in the list of images"),
        ("{\"id\": 90}", "{\"id\": 91}", "category 91 is no class of this data set"),
        ("\"height\": 60", "\"height\": 61", "is 90x61, but its image"),
        ("\"000000000007.png\"", "\"000000000008.png\"", "000000000008.png"),
        ("ZT29a14L4M", "ZT29a14L4N", "annotation 3: the runs do not fill the image"),
        ("\"height\": 60", "\"high\": 60", "key height is missing in images.[0]"),
        ("\"file_name\": ", "\"file\": ", "key file_name is missing in images.[0]"),
    ]) func damageIsNamed(what: String, with: String, message: String) throws {
        let text = instanceMapperList.split(separator: "\n").joined(separator: " ")
            .split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        #expect(text.contains(what))
        let folder = try TemporaryFolder()
        let error = #expect(throws: DatasetError.self) {
            try listed(folder, text.replacing(what, with: with, maxReplacements: 1)).check(.full)
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func imagesWithoutObjectsAreLeftOut() throws {
        let folder = try TemporaryFolder()
        try folder.image("coco/train2017/000000000009.png", width: 20, height: 10)
        let image = "{\"id\": 9, \"file_name\": \"000000000009.png\", \"height\": 10, \"width\": 20}"
        let list = instanceMapperList.replacing("\"images\": [", with: "\"images\": [" + image + ", ")
        let data = try listed(folder, list)
        try data.check(.full)
        #expect(data.items.map(\.id) == ["000000000007", "000000000009"])
        #expect(data.withoutEmptyImages.items.map(\.id) == ["000000000007"])
        let empty = try InstanceMapper(.jitter(LargeScaleJitter(imageSize: 32, scales: 1...1)))
            .sample(of: data, seed: 1, epoch: 0, index: 1)
        #expect(empty.targets.classes.isEmpty && empty.targets.layers == [Array(repeating: -1, count: 1024)])
    }
}
