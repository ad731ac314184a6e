import Annotations
import Datasets
import Images
import Testing

/// COCO-Stuff-10k as MaskFormer's script prepares it.
@Suite struct COCOStuffTests {
    private let folder: TemporaryFolder
    private let base = "coco/coco_stuff_10k"

    init() throws {
        folder = try TemporaryFolder()
    }

    /// 0 to 94 in the first pixels, then 170 and 255.
    private func write(_ split: String, last: UInt16 = 170) throws {
        let stem = "COCO_train2014_000000000077"
        try folder.image("\(base)/images_detectron2/\(split)/\(stem).jpg")
        try folder.labels("\(base)/annotations_detectron2/\(split)/\(stem).png") {
            $0 < 94 ? UInt16($0) : $0 == 94 ? last : 255
        }
    }

    @Test(arguments: ["train", "test"]) func labelsAreClassNumbers(split: String) throws {
        try write(split)
        let dataset = try DatasetCatalog.open(name: "coco_2017_\(split)_stuff_10k_sem_seg", root: folder.path)
        #expect(dataset.classes == .cocoStuff && dataset.items.map(\.id) == ["COCO_train2014_000000000077"])
        let report = try dataset.check(.full)
        #expect(report.ignoredPixels == 1 && report.classPixels[170] == 1 && report.classPixels[93] == 1)
    }

    /// 254 is what the script makes of 0, which no file should have.
    @Test(arguments: [171, 254]) func otherLabelsAreNamed(label: UInt16) throws {
        try write("train", last: label)
        let dataset = try DatasetCatalog.open(name: "coco_2017_train_stuff_10k_sem_seg", root: folder.path)
        let error = try #require(throws: DatasetError.self) { try dataset.check(.full) }
        #expect(
            error.description.contains("000000000077.png: label \(label) outside the classes on 1 pixel"), "\(error)")
        #expect(error.description.contains("expected 0 to 170 or 255"), "\(error)")
    }

    /// The archive's own files are in a format that is not read: opening and preparing say what makes the others.
    @Test func theArchiveAloneNamesTheScript() throws {
        try folder.write("HDF5", "\(base)/annotations/COCO_train2014_000000000077.mat")
        try folder.write("COCO_train2014_000000000077", "\(base)/imageLists/train.txt")
        let script = "prepare_coco_stuff_10k_v1.0_sem_seg.py"
        for action in [
            { _ = try DatasetCatalog.open(name: "coco_2017_train_stuff_10k_sem_seg", root: folder.path) },
            { try DatasetFamily.cocoStuff.prepare(root: folder.path) { _ in } },
        ] {
            let error = try #require(throws: DatasetError.self) { try action() }
            #expect(error.advice.contains(script) && error.advice.contains("annotations/*.mat"), "\(error)")
            #expect(error.description.contains("annotations_detectron2/train: no such folder"), "\(error)")
        }
    }

    @Test func whatIsPreparedIsTold() throws {
        try folder.write("", "\(base)/imageLists/train.txt")
        for split in ["train", "test"] { try write(split) }
        var notes: [String] = []
        try DatasetFamily.cocoStuff.prepare(root: folder.path) { notes.append($0) }
        #expect(notes.count { $0.hasSuffix("are there") } == 2)
    }

    @Test func theTableIsTheOfficialOne() {
        let classes = ClassTable.cocoStuff
        #expect(classes.count == 171 && classes.isThing.count { $0 } == 80 && classes.ignoreLabel == 255)
        #expect(classes.names.prefix(2) == ["person", "bicycle"] && classes.names[79] == "toothbrush")
        #expect(classes.names[80] == "banner" && classes.names[147] == "snow" && classes.names[170] == "wood")
        #expect(classes.categoryIDs[79] == 90 && classes.categoryIDs[80] == 92 && classes.categoryIDs[170] == 182)
        #expect(Set(classes.names).count == 171 && Set(classes.colors).count == 171)
        #expect(classes.colors[2] == .init(0, 0, 142))
    }
}
