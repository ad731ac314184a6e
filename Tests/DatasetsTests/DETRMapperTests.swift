import Annotations
import Datasets
import Images
import Testing

/// DETR's augmentation of panoptic segments.
@Suite struct DETRMapperTests {
    /// Number, class of COCO; number 4 is a crowd region, 0 and 6 are in no list.
    private static let segments = [(3, 11), (1, 0), (8, 4), (4, 70), (2, 120), (7, 56), (5, 17), (9, 90)]

    private func dataset(_ folder: TemporaryFolder) throws -> SegmentationDataset {
        try folder.image("a.png", width: 90, height: 60)
        let labels = TestData.labels(height: 60, width: 90)
        let numbers = labels.values.enumerated().map { $0 < 270 && $0 % 90 < 4 ? 9 : UInt32($1) }
        let listed = Set(Self.segments.map { UInt32($0.0) })
        try ImageFile.writePNG(
            Image(size: labels.size, segmentIDs: numbers.map { listed.contains($0) ? $0 * 257 : 0 }),
            to: folder.file("a_panoptic.png"))
        let segments = Self.segments.map {
            PanopticAnnotation.Segment(id: $0.0 * 257, classNumber: $0.1, isCrowd: $0.0 == 4)
        }
        return SegmentationDataset(
            name: "one", classes: .coco, labelMap: LabelMap(classes: .coco),
            items: [
                .init(
                    id: "a", imagePath: folder.path + "/a.png", labelPath: nil,
                    panoptic: PanopticAnnotation(path: folder.path + "/a_panoptic.png", segments: segments))
            ])
    }

    private func mapper(crops: Bool) -> PanopticMapper {
        PanopticMapper(
            .detr(
                DETRAugmentation(
                    resize: ResizeShortestEdge(minSizes: [40, 64, 97], maxSize: 133),
                    crop: crops ? RandomCrop(size: .absoluteRange(smallest: 384, largest: 600)) : nil)))
    }

    /// Whether it crops, seed, rows and columns, hashes of picture and segments, segments without a pixel: by
    /// Tools/reference/detr_panoptic.py.
    @Test(
        arguments: [
            (true, 1, [97, 98], 0xAE13_B79C_974C_A57A, 0xAD47_9B39_DB86_E3C4, 1),
            (true, 2, [64, 96], 0x888F_0464_FA96_4583, 0x4130_57FC_9B37_3F8E, 0),
            (true, 3, [44, 40], 0x340A_626C_8619_ABF4, 0xAD14_6ED9_EFAD_1B3D, 1),
            (true, 4, [44, 40], 0xC955_B59E_B189_6C4F, 0x152F_6184_B79A_3DBB, 1),
            (true, 5, [89, 133], 0x9312_0EEF_A774_EB84, 0x9251_701E_2B3B_81D5, 0),
            (true, 6, [64, 71], 0xF017_4030_84F5_3D62, 0x6FF5_83B4_135F_8793, 1),
            (true, 7, [52, 40], 0x68A1_3E6D_C077_236B, 0x2D6A_59B6_1303_869E, 1),
            (true, 8, [64, 96], 0xFE10_724E_7F79_DF17, 0x7ED5_A56E_C026_C204, 0),
            (false, 1, [64, 96], 0xFE10_724E_7F79_DF17, 0x7ED5_A56E_C026_C204, 0),
            (false, 2, [64, 96], 0x888F_0464_FA96_4583, 0x4130_57FC_9B37_3F8E, 0),
        ] as [(Bool, UInt64, [Int], UInt64, UInt64, Int)])
    func agreesWithTheOfficialMapper(
        crops: Bool, seed: UInt64, size: [Int], picture: UInt64, segments: UInt64, empty: Int
    ) throws {
        let folder = try TemporaryFolder()
        let data = try dataset(folder)
        let sample = try mapper(crops: crops).sample(of: data, seed: seed, epoch: 0, index: 0)
        #expect([sample.image.height, sample.image.width] == size)
        #expect(TestData.hash(sample.image.values) == picture)
        #expect([sample.targets.height, sample.targets.width] == size)
        #expect(sample.targets.classes == [11, 0, 4, 120, 56, 17, 90])
        let layer = sample.targets.layers[0]
        #expect(TestData.hash(layer.map { UInt8($0 + 1) }) == segments)
        #expect(sample.targets.classes.indices.count { !layer.contains(Int32($0)) } == empty)
        #expect(sample.labels?.size == sample.image.size)
        #expect(sample == (try mapper(crops: crops).sample(of: data, seed: seed, epoch: 0, index: 0)))
    }
}
