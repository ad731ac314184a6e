import Annotations
import Datasets
import Images
import Testing

@Suite struct PanopticMapperTests {
    /// Pillow 12's resize(NEAREST) of TestData.labels: size and new size as rows, columns; window as x, y,
    /// width, height; hash.
    @Test(
        arguments: [
            ([60, 80, 45, 67], [3, 5, 40, 30], 0xE624_BFF0_5D4D_684B),
            ([60, 80, 97, 131], [60, 11, 64, 80], 0x651C_2E5C_0A51_5DB6),
            ([33, 57, 33, 57], [0, 0, 57, 33], 0x8793_EACA_802A_1921),
            ([64, 128, 20, 40], [7, 3, 30, 15], 0xABF8_53DC_8B1D_4390),
        ] as [([Int], [Int], UInt64)])
    func nearestEqualsPillow(size: [Int], window: [Int], hash: UInt64) {
        let region = PixelRegion(x: window[0], y: window[1], width: window[2], height: window[3])
        let resized = TestData.labels(height: size[0], width: size[1])
            .resizedNearest(to: ImageSize(height: size[2], width: size[3]), region: region, rule: .pillow)
        #expect(TestData.hash(resized) == hash)
    }

    private func dataset(_ folder: TemporaryFolder) throws -> SegmentationDataset {
        try SyntheticScenes(imageCount: 5, size: ImageSize(height: 48, width: 96), seed: 7)
            .write(to: folder.path + "/cityscapes")
        let dataset = try DatasetCatalog.open(name: "cityscapes_fine_panoptic_train", root: folder.path)
        try dataset.check(.full)
        return dataset
    }

    private func configuration(_ lengths: [Int], crop: RandomCrop?) -> StandardAugmentation {
        .init(resize: ResizeShortestEdge(minSizes: lengths, maxSize: 400), crop: crop)
    }

    /// One stream of numbers for both mappers: what the panoptic one adds must not move the rest.
    @Test func drawsWhatTheSemanticMapperDraws() throws {
        let folder = try TemporaryFolder()
        let data = try dataset(folder)
        let crop = RandomCrop(size: .absolute(ImageSize(height: 24, width: 40)), singleCategoryMaxArea: 0.75)
        let configuration = configuration([30, 48, 70], crop: crop)
        let (panoptic, semantic) = (PanopticMapper(.standard(configuration)), SemanticMapper(configuration))
        for index in data.items.indices {
            let sample = try panoptic.sample(of: data, seed: 3, epoch: 1, index: index)
            let other = try semantic.sample(of: data, seed: 3, epoch: 1, index: index)
            #expect(sample.image == other.image && sample.labels == other.labels)
            #expect(sample == (try panoptic.sample(of: data, seed: 3, epoch: 1, index: index)))
            #expect(sample != (try panoptic.sample(of: data, seed: 3, epoch: 2, index: index)))
            let annotation = try #require(data.items[index].panoptic)
            #expect(sample.targets.classes == annotation.segments.filter { !$0.isCrowd }.map(\.classNumber))
        }
    }

    /// Nothing moves: every pixel lies in the segment that the picture says, and segments agree with labels.
    @Test func segmentsAreThoseOfTheList() throws {
        let folder = try TemporaryFolder()
        let data = try dataset(folder)
        var configuration = configuration([48], crop: nil)
        configuration.randomFlip = .none
        var thingCount = 0
        for index in data.items.indices {
            let sample = try PanopticMapper(.standard(configuration)).sample(of: data, seed: 1, epoch: 0, index: index)
            let truth = try #require(try data.panoptic(of: data.items[index]))
            let wanted = truth.annotation.segments.filter { !$0.isCrowd }
            #expect(sample.targets.layers[0].count == 96 * 48 && truth.ids.count == 96 * 48)
            for (pixel, segment) in sample.targets.layers[0].enumerated() where segment >= 0 {
                #expect(UInt32(wanted[Int(segment)].id) == truth.ids[pixel])
                #expect(sample.targets.classes[Int(segment)] == Int(try #require(sample.labels).values[pixel]))
            }
            for (place, segment) in wanted.enumerated() {
                #expect(sample.targets.layers[0].filter { $0 == place }.count == segment.area)
            }
            thingCount += wanted.filter { data.classes.isThing[$0.classNumber] }.count
        }
        #expect(thingCount > 10)
    }

    /// A crowd is no target, a segment beyond the window an empty one, padding nobody's.
    @Test func crowdsAreSkippedAndEmptySegmentsStay() throws {
        let folder = try TemporaryFolder()
        try folder.image("a.png", width: 4, height: 2)
        var pixels: [UInt8] = []
        for id: UInt8 in [1, 1, 2, 2, 0, 3, 2, 2] { pixels += [id, 0, 0] }
        try ImageFile.writePNG(
            Image(size: ImageSize(height: 2, width: 4), channels: 3, values: pixels),
            to: folder.file("a_panoptic.png"))
        let data = SegmentationDataset(
            name: "one", classes: .cityscapes, labelMap: LabelMap(classes: .cityscapes),
            items: [
                .init(
                    id: "a", imagePath: folder.path + "/a.png", labelPath: nil,
                    panoptic: PanopticAnnotation(
                        path: folder.path + "/a_panoptic.png",
                        segments: [
                            .init(id: 3, classNumber: 11), .init(id: 2, classNumber: 13, isCrowd: true),
                            .init(id: 1, classNumber: 4),
                        ]))
            ])
        #expect(try data.labels(of: data.items[0])?.values == [4, 4, 13, 13, 255, 11, 13, 13])
        var configuration = configuration([2], crop: nil)
        (configuration.randomFlip, configuration.sizeDivisibility) = (.none, 3)
        let targets = try PanopticMapper(.standard(configuration)).sample(of: data, seed: 0, epoch: 0, index: 0).targets
        #expect(targets.classes == [11, 4])
        #expect(targets.layers[0] == [1, 1, -1, -1, 0, -1, -1, -1, -1])
        configuration.sizeDivisibility = 1
        let cut = try PanopticMapper(.standard(configuration)).sample(of: data, seed: 0, epoch: 0, index: 0).targets
        #expect(cut.classes == [11, 4] && cut.layers[0] == [1])
    }
}
