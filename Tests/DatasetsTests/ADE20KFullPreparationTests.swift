import Annotations
import Datasets
import Foundation
import Images
import Testing

/// `pem-data prepare ade20k-full` against what MaskFormer's script makes of Tests/Fixtures/ADE20KFull
/// (Tools/reference/ade20k_full.py).
@Suite struct ADE20KFullPreparationTests {
    private static let fixtures =
        URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/ADE20KFull"
    private static let name = "ADE20K_2021_17_01"
    private let folder: TemporaryFolder
    private var base: String { "\(folder.path)/\(Self.name)" }
    private var official: String { "\(Self.fixtures)/official/\(Self.name)" }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: "\(Self.fixtures)/given/\(Self.name)", toPath: base)
    }

    private func prepare() throws {
        try DatasetFamily.ade20kFull.prepare(root: folder.path) { _ in }
    }

    private func files(_ root: String, _ kind: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(kind)").filter { $0.contains(".") }.sorted()
    }

    @Test func pairsAreTheOfficialOnes() throws {
        try prepare()
        for part in ["train", "val"] {
            try DatasetCatalog.open(name: "ade20k_full_sem_seg_" + part, root: folder.path).check(.full)
        }
        let labels = try files(base, "annotations_detectron2")
        #expect(try labels.count == 4 && labels == files(official, "annotations_detectron2"))
        for name in labels {
            let (ours, theirs) = (
                "\(base)/annotations_detectron2/\(name)", "\(official)/annotations_detectron2/\(name)"
            )
            #expect(try ImageFile.bitsPerValue(of: ours) == 16)
            #expect(try ImageFile.readLabels(ours) == ImageFile.readLabels(theirs), "\(name)")
        }
        let images = try files(base, "images_detectron2")
        #expect(try images.count == 4 && images == files(official, "images_detectron2"))
        for name in images {
            let ours = try ImageFile.readRGB("\(base)/images_detectron2/\(name)")
            let theirs = try ImageFile.readRGB("\(official)/images_detectron2/\(name)")
            try #require(ours.size == theirs.size, "\(name)")
            // Another libjpeg may round a step differently.
            let worst = zip(ours.values, theirs.values).map { abs(Int($0) - Int($1)) }.max()
            #expect(try #require(worst) <= 2, "\(name)")
        }
    }

    @Test func itsOwnFilesAreReplacedAndNoOthers() throws {
        try prepare()
        try prepare()
        let path = "\(base)/annotations_detectron2/training/ADE_train_00000002.png"
        try ImageFile.writePNG(
            labels: LabelImage(size: ImageSize(height: 1, width: 1), values: [7]), bits: 16, to: path)
        #expect(throws: (any Error).self) { try prepare() }
        #expect(try ImageFile.readLabels(path).values == [7])
        try DatasetFamily.ade20kFull.prepare(root: folder.path, overwrites: true) { _ in }
        #expect(try ImageFile.readLabels(path).values.count == 40 * 60)
    }

    @Test func faultsAreNamedTogether() throws {
        let street = "\(base)/images/ADE/training/urban/street/ADE_train_00000001"
        try FileManager.default.removeItem(atPath: street + "_seg.png")
        let bath = "\(base)/images/ADE/validation/home_or_hotel/bath/ADE_val_00000001_seg.png"
        try ImageFile.writePNG(Image(size: ImageSize(height: 1, width: 2), segmentIDs: [1, 2]), to: bath)
        let error = try #require(throws: DatasetError.self) { try prepare() }
        #expect(error.problems.count == 2)
        #expect(error.description.contains("ADE_train_00000001_seg.png: cannot be opened"), "\(error)")
        #expect(error.description.contains("ADE_val_00000001_seg.png: is 2x1, but its image"), "\(error)")
    }

    @Test func aMissingIndexIsNamed() throws {
        try FileManager.default.removeItem(atPath: "\(base)/index_ade20k.pkl")
        let error = try #require(throws: DatasetError.self) { try prepare() }
        #expect(error.description.contains("\(base)/index_ade20k.pkl"), "\(error)")
        #expect(error.advice.contains("prepare_ade20k_full_sem_seg.py"))
    }

    /// Pickles of protocol 0.
    @Test(arguments: [
        ("(dVfolder\n(lVa\nasVfilename\n(lVADE_train_1.jpg\naVADE_train_2.jpg\nas.", "lists 2 images in 1 folders"),
        ("(dVfolder\n(lV../../b\nasVfilename\n(lVADE_train_1.jpg\nas.", "leads outside of"),
        ("(dVfolder\n(lVa\naVb\nasVfilename\n(lVADE_val_1.jpg\naVADE_val_1.jpg\nas.", "has the same name as"),
        ("(dVfolder\n(lVa\nas.", "its \"filename\" is no list of texts"),
        ("(dVfolder\n(lI5\nasVfilename\n(lVa\nas.", "its \"folder\" is no list of texts"),
        ("(lVa\na.", "it is no pickled dictionary"),
        ("cos\nsystem\n(Vls\ntR.", "asks for os.system"),
    ])
    func aWrongIndexIsNamed(pickle: String, message: String) throws {
        try folder.write(pickle, "\(Self.name)/index_ade20k.pkl")
        let error = try #require(throws: DatasetError.self) { try prepare() }
        #expect(error.description.contains(message), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: "\(base)/images_detectron2"))
    }
}
