import Annotations
import Datasets
import Images
import Testing

@Suite struct OfficialDatasetTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func cityscapesMakesTrainIDs() throws {
        let stem = "train/aachen/aachen_000000_000019"
        try folder.image("cityscapes/leftImg8bit/\(stem)_leftImg8bit.png")
        try folder.labels("cityscapes/gtFine/\(stem)_gtFine_labelIds.png") { UInt16($0 % 34) }
        var notes: [String] = []
        for _ in 0..<2 {
            let dataset = try DatasetCatalog.open(
                name: "cityscapes_fine_sem_seg_train", root: folder.path, note: { notes.append($0) })
            #expect(dataset.items.map(\.id) == ["aachen_000000_000019"])
            let labels = try #require(try dataset.labels(of: dataset.items[0]))
            #expect(labels.values[7] == 0 && labels.values[33] == 18 && labels.values[0] == 255)
            #expect(labels.values[29] == 255 && labels.values[31] == 16)
            try dataset.check(.full)
        }
        #expect(notes == ["cityscapes_fine_sem_seg_train: making 1 labelTrainIds images"])
    }

    @Test func cityscapesNamesABrokenLabelIDs() throws {
        let stem = "val/bonn/bonn_000000_000019"
        try folder.image("cityscapes/leftImg8bit/\(stem)_leftImg8bit.png")
        try folder.labels("cityscapes/gtFine/\(stem)_gtFine_labelIds.png") { $0 == 5 ? 77 : 7 }
        do {
            _ = try DatasetCatalog.open(name: "cityscapes_fine_sem_seg_val", root: folder.path)
            Issue.record("no error")
        } catch {
            #expect(
                "\(error)".contains("bonn_000000_000019_gtFine_labelIds.png: label 77 outside the classes"))
        }
    }

    @Test func cityscapesTestNeedsNoLabels() throws {
        try folder.image("cityscapes/leftImg8bit/test/berlin/berlin_000000_000019_leftImg8bit.png")
        let dataset = try DatasetCatalog.open(
            name: "cityscapes_fine_sem_seg_test", root: folder.path + "/cityscapes")
        #expect(dataset.items.count == 1 && dataset.items[0].labelPath == nil)
        #expect(try EvaluationMapper(minSize: 0, maxSize: 100).sample(of: dataset, index: 0).labels == nil)
        #expect(try dataset.check(.full).labelsRead == 0)
    }

    @Test func ade20kMakesShiftedAnnotations() throws {
        try folder.image("ADEChallengeData2016/images/validation/ADE_val_00000001.jpg")
        try folder.labels("ADEChallengeData2016/annotations/validation/ADE_val_00000001.png") { UInt16($0) }
        let dataset = try DatasetCatalog.open(name: "ade20k_sem_seg_val", root: folder.path)
        #expect(dataset.items.map(\.id) == ["ADE_val_00000001"])
        let labels = try #require(try dataset.labels(of: dataset.items[0]))
        #expect(labels.values.prefix(4) == [255, 0, 1, 2])
        #expect(try dataset.check(.full).ignoredPixels == 1)
    }

    @Test func classTablesAreTheOfficialOnes() {
        let cityscapes = ClassTable.cityscapes
        #expect(cityscapes.count == 19 && cityscapes.isThing.filter { $0 }.count == 8)
        #expect(cityscapes.names.first == "road" && cityscapes.names.last == "bicycle")
        #expect(
            cityscapes.colors[13] == .init(0, 0, 142) && cityscapes.isThing[11] && !cityscapes.isThing[10])
        #expect(CityscapesLabel.all.count == 34 && CityscapesLabel.all[33].trainID == 18)
        let ade20k = ClassTable.ade20k
        #expect(ade20k.count == 150 && ade20k.isThing.filter { $0 }.count == 100)
        #expect(ade20k.names[0] == "wall" && ade20k.names[149] == "flag" && ade20k.ignoreLabel == 255)
    }

    @Test(
        arguments: [
            (
                "cityscapes_fine_panoptic_val", "cityscapes/gtFine/cityscapes_panoptic_val.json", nil,
                "cityscapes/gtFine/val"
            ),
            ("cityscapes_fine_instance_seg_train", nil, nil, "cityscapes/gtFine/train"),
            ("ade20k_sem_seg_val", nil, nil, nil),
            (
                "ade20k_panoptic_val", "ADEChallengeData2016/ade20k_panoptic_val.json",
                "ADEChallengeData2016/ade20k_instance_val.json", nil
            ),
            ("ade20k_instance_train", nil, "ADEChallengeData2016/ade20k_instance_train.json", nil),
            ("folder:a.json:val", nil, nil, nil),
        ] as [(String, String?, String?, String?)])
    func truthLiesWhereItIsOfficially(name: String, panoptic: String?, instances: String?, labels: String?) {
        let root = "no such folder"
        #expect(DatasetCatalog.path(of: .panopticList, name, root: root) == panoptic.map { "\(root)/\($0)" })
        #expect(DatasetCatalog.path(of: .instanceList, name, root: root) == instances.map { "\(root)/\($0)" })
        #expect(DatasetCatalog.path(of: .cityscapesLabels, name, root: root) == labels.map { "\(root)/\($0)" })
    }

    @Test func categoriesAreTheOfficialOnes() {
        let cityscapes = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]
        #expect(ClassTable.cityscapes.categoryIDs == cityscapes)
        #expect(ClassTable.ade20k.categoryIDs == Array(0..<150))
        let coco = ClassTable.coco
        #expect(coco.count == 133 && coco.isThing == (0..<133).map { $0 < 80 })
        #expect(coco.categoryIDs == coco.categoryIDs.sorted() && coco.names[80] == "banner")
        #expect(coco.categoryIDs[79] == 90 && coco.names[79] == "toothbrush")
        #expect(coco.categoryIDs[132] == 200 && coco.names[132] == "rug-merged" && coco.classNumbers[200] == 132)
        #expect(coco.colors[2] == .init(0, 0, 142))
    }

    /// The official mapping of instance images' numbers: 1 is scene class 7, 100 is 149.
    @Test func thingsAloneKeepTheirCategories() {
        let coco = ClassTable.cocoThings
        #expect(coco.count == 80 && coco.categoryIDs == Array(ClassTable.coco.categoryIDs.prefix(80)))
        let ade20k = ClassTable.ade20kThings
        #expect(ade20k.count == 100 && ade20k.isThing.allSatisfy { $0 })
        #expect(ade20k.categoryIDs.prefix(5) == [7, 8, 10, 12, 14] && ade20k.categoryIDs[99] == 149)
        #expect(ade20k.names[1] == "windowpane" && ade20k.names[99] == "flag")
        #expect(ade20k.colors[1] == ClassTable.ade20k.colors[8])
        #expect(ClassTable.cityscapes.things.categoryIDs == Array(24...28) + Array(31...33))
    }

    @Test func targetsAreOneSegmentAClass() {
        let targets = MaskTargets(labels: [7, 255, 3, 7, 3, 3], height: 2, width: 3, ignoreLabel: 255)
        #expect(targets.classes == [3, 7])
        #expect(targets.layers[0] == [1, -1, 0, 1, 0, 0])
        let none = MaskTargets(labels: [11, 11], height: 1, width: 2, ignoreLabel: 11)
        #expect(none.classes.isEmpty && none.layers[0] == [-1, -1])
    }
}
