import Annotations
import Datasets
import Foundation
import Images
import Testing

/// ADE20K-Full: 847 classes in labels of 16 bits.
@Suite struct ADE20KFullTests {
    private static let name = "ADE20K_2021_17_01"
    private let folder: TemporaryFolder
    private var base: String { "\(folder.path)/\(Self.name)" }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The classes 0, 95 · 8 = 760 and every eighth between, then `last`.
    private func write(_ split: String = "training", last: UInt16 = 65_535, bits: Int = 16) throws {
        let stem = split == "training" ? "ADE_train_00000001" : "ADE_val_00000001"
        try folder.image("\(Self.name)/images_detectron2/\(split)/\(stem).jpg")
        let values = (0..<96).map { $0 < 95 ? UInt16($0 * 8) : last }
        try ImageFile.writePNG(
            labels: LabelImage(
                size: ImageSize(height: 8, width: 12), values: bits == 16 ? values : values.map { $0 & 255 }),
            bits: bits, to: folder.file("\(Self.name)/annotations_detectron2/\(split)/\(stem).png"))
    }

    private func open(_ part: String = "train") throws -> SegmentationDataset {
        try DatasetCatalog.open(name: "ade20k_full_sem_seg_" + part, root: folder.path)
    }

    @Test(arguments: [("train", "training"), ("val", "validation")])
    func labelsHaveSixteenBits(part: String, split: String) throws {
        try write(split)
        let dataset = try open(part)
        #expect(dataset.classes == .ade20kFull && dataset.items.count == 1)
        let report = try dataset.check(.full)
        #expect(report.ignoredPixels == 1 && report.classPixels[752] == 1 && report.classPixels[256] == 1)
    }

    @Test(arguments: [847, 3156, 65_534]) func otherLabelsAreNamed(label: UInt16) throws {
        try write(last: label)
        let error = try #require(throws: DatasetError.self) { try open().check(.full) }
        #expect(
            error.description.contains(
                "ADE_train_00000001.png: label \(label) outside the classes on 1 pixel, first at column 11, row 7"),
            "\(error)")
        #expect(error.description.contains("expected 0 to 846 or 65535"), "\(error)")
    }

    @Test func eightBitsHaveLostNumbers() throws {
        try write(bits: 8)
        let error = try #require(throws: DatasetError.self) { try open().check(.full) }
        #expect(
            error.description.contains(
                "ADE_train_00000001.png: has labels of the wrong depth (expected grey levels of 16 bits, got a grey "
                    + "PNG of 8 bits)"), "\(error)")
    }

    @Test func whatIsMissingIsMade() throws {
        try folder.image("\(Self.name)/images/ADE/training/a/ADE_train_00000001.jpg")
        let error = try #require(throws: DatasetError.self) { try open() }
        #expect(error.advice == "make it with pem-data prepare ade20k-full")
        #expect(error.description.contains("annotations_detectron2/training: no such folder"), "\(error)")
        let elsewhere = try #require(throws: DatasetError.self) {
            try DatasetCatalog.open(name: "ade20k_full_sem_seg_val", root: folder.path + "/nowhere")
        }
        #expect(elsewhere.advice.contains("set DATASETS.ROOT"), "\(elsewhere)")
    }

    /// What MaskFormer's script has written.
    @Test func tiffIsReadOrRefused() throws {
        try write()
        let labels = "annotations_detectron2/training/ADE_train_00000001"
        let numbers = try ImageFile.readLabels("\(base)/\(labels).png")
        try FileManager.default.removeItem(atPath: "\(base)/\(labels).png")
        try PlainTIFF.write(numbers, to: "\(base)/\(labels).tif")
        let dataset = try open()
        #expect(dataset.items.first?.labelPath?.hasSuffix("ADE_train_00000001.tif") == true)
        #if TIFF
            try dataset.check(.full)
            #expect(try dataset.labels(of: dataset.items[0]) == numbers)
        #else
            let error = try #require(throws: DatasetError.self) { try dataset.check(.full) }
            #expect(error.description.contains("00000001.tif: is a TIFF, which this build does not read"), "\(error)")
            #expect(error.description.contains("--traits TIFF"), "\(error)")
        #endif
    }

    /// Padding is ignored in training, and no class.
    @Test func paddingIsIgnored() throws {
        try write()
        let mapper = SemanticMapper(
            StandardAugmentation(
                resize: .init(minSizes: [8], maxSize: 64), crop: nil, colorAugmentation: false, randomFlip: .none,
                sizeDivisibility: 16))
        let sample = try mapper.sample(of: open(), seed: 1, epoch: 0, index: 0)
        let labels = try #require(sample.labels)
        #expect(labels.values[255] == 65_535 && labels.values[0] == 0 && labels.values[11] == 88)
        #expect(sample.targets.classes == (0..<95).map { $0 * 8 } && sample.targets.layers[0][255] == -1)
    }

    @Test func theTableIsTheOfficialOne() {
        let classes = ClassTable.ade20kFull
        #expect(classes.count == 847 && classes.ignoreLabel == 65_535)
        #expect(Set(classes.names).count == 847 && Set(classes.categoryIDs).count == 847)
        #expect(Set(classes.colors).count == 847)
        #expect(classes.names[1] == "building, edifice" && classes.categoryIDs[1] == 312)
        #expect(classes.names[79].hasPrefix("computer, ") && classes.names[79].hasSuffix("processing system"))
        #expect(classes.names[846] == "adding machine, totalizer, totaliser" && classes.categoryIDs[846] == 3148)
        #expect(classes.categoryIDs.allSatisfy { 1...3156 ~= $0 })
    }

    /// Values of cv2.resize, by Tools/reference/ade20k_full.py and recipes.py: smaller, then larger.
    @Test(
        arguments: [
            ([60, 90, 43, 65], 0x4F3B_F05B_4474_CDD1, 0x7892_61A5_6602_D9F2),
            ([97, 311, 97, 300], 0x7FBF_2DB5_6F84_9A78, 0xD45C_C28D_95F2_A59D),
            ([33, 57, 20, 57], 0xA52E_8A3A_A39F_AA3F, 0x8BE5_2091_EB78_82EF),
            ([50, 50, 1, 3], 0xC292_5A0E_8B15_469D, 0xD946_4218_6C09_6299),
            ([43, 65, 60, 90], 0x0D31_F843_CD05_045D, 0x592F_BBBF_8BC0_68FC),
            ([60, 90, 128, 192], 0x90C2_1615_985C_4CCE, 0x8EBE_D09A_99BE_3C21),
            ([31, 48, 64, 37], 0xD53C_90D2_87B4_F876, 0x803A_E88A_9FF3_A6B3),
            ([1, 5, 3, 20], 0x7A76_5355_06AC_DF5D, 0xF87B_38C6_CF34_AC55),
        ] as [([Int], UInt64, UInt64)])
    func resizingIsOpenCVs(sizes: [Int], picture: UInt64, labels: UInt64) {
        let size = ImageSize(height: sizes[2], width: sizes[3])
        let resized = TestData.picture(height: sizes[0], width: sizes[1]).resizedAsOpenCV(to: size)
        #expect(TestData.hash(resized.values) == picture)
        let map = TestData.labels(height: sizes[0], width: sizes[1]).resizedNearest(to: size, rule: .openCV)
        #expect(TestData.hash(map) == labels)
    }
}

/// Writes label maps as Pillow writes TIFF: one directory, then 16-bit rows in one strip, not compressed.
enum PlainTIFF {
    static func write(_ labels: LabelImage, to path: String) throws {
        func word(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
        func long(_ value: Int) -> [UInt8] { word(value & 0xFFFF) + word(value >> 16) }
        let tags = [
            (256, labels.width), (257, labels.height), (258, 16), (259, 1), (262, 1), (273, 122), (277, 1),
            (278, labels.height), (279, 2 * labels.values.count),
        ]
        var bytes = [0x49, 0x49, 0x2A, 0] + long(8) + word(tags.count)
        for (tag, value) in tags { bytes += word(tag) + word(4) + long(1) + long(value) }
        bytes += long(0)
        precondition(bytes.count == 122, "PlainTIFF: the rows start at \(bytes.count)")
        bytes += labels.values.flatMap { word(Int($0)) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}
