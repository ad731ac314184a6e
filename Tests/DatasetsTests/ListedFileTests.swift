import Datasets
import Foundation
import Testing

/// Which files the names of a list may mean.
@Suite struct ListedFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["coco/train2017/1.png", "coco/other/2.png", "beside/3.png"] { try folder.image(name) }
        // The root is below a folder of its own, so that there is an outside.
    }

    private var root: String { folder.path + "/coco" }

    private func open(_ fileName: String, allowsOutside: Bool = false) throws -> SegmentationDataset {
        try folder.write(
            #"""
            {"images": [{"id": 1, "file_name": "\#(fileName)", "width": 12, "height": 8}], "annotations":
             [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 5, 1, 5, 5]]}],
             "categories": [{"id": 1, "name": "person"}]}
            """#, "coco/annotations/instances_train2017.json")
        return try DatasetCatalog.open(name: "coco_2017_train", root: root, allowsOutside: allowsOutside)
    }

    private func message(_ fileName: String, allowsOutside: Bool = false) -> String {
        do { try open(fileName, allowsOutside: allowsOutside).check(.full) } catch { return "\(error)" }
        return ""
    }

    /// HERE stands for the folder around the root.
    @Test(arguments: [
        ("1.png", true), ("./1.png", true), ("../train2017/1.png", true), ("../other/2.png", true),
        ("HERE/coco/train2017/1.png", true), ("HERE/coco/other/2.png", true), ("HERE/beside/../coco/other/2.png", true),
        ("../../beside/3.png", false), ("HERE/beside/3.png", false), ("HERE/coco/../beside/3.png", false),
        ("x/../../../beside/3.png", false), ("HERE/cocoa/4.png", false), ("/etc/passwd", false),
    ])
    func namesLieInsideOrAreRefused(name: String, isInside: Bool) throws {
        let name = name.replacing("HERE", with: folder.path)
        if isInside {
            #expect(message(name) == "")
        } else {
            let text = message(name)
            #expect(text.contains("--allow-outside") && text.contains(name), "\(text)")
            // Not even its header was read.
            #expect(!text.contains("is neither") && !text.contains("is 12x8"))
        }
    }

    @Test func theOptionTakesThemAsPythonDoes() throws {
        for name in ["../../beside/3.png", folder.path + "/beside/3.png"] {
            #expect(message(name, allowsOutside: true) == "")
            let data = try open(name, allowsOutside: true)
            #expect(data.items.map(\.id) == [name.hasPrefix("/") ? "3" : "beside_3"])
        }
    }

    /// Links lead where the user wants: a name through one is inside, whatever lies behind; a name of the place
    /// behind is, too, where the root itself is a link.
    @Test func linksAreFollowed() throws {
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: root + "/train2017/link", withDestinationPath: folder.path + "/beside")
        #expect(message("link/3.png") == "")
        #expect(message("\(root)/train2017/link/3.png") == "")
        try files.createSymbolicLink(atPath: folder.path + "/data", withDestinationPath: root)
        _ = try open("\(root)/train2017/1.png")
        try DatasetCatalog.open(name: "coco_2017_train", root: folder.path + "/data").check(.full)
    }

    @Test(arguments: [
        (["1.jpg", "a/1.jpg"], ["1", "a_1"]), (["/x/a/1.jpg", "/x/b/1.jpg", "2.jpg"], ["a_1", "b_1", "2"]),
        (["/x/a/1.jpg"], ["1"]), (["./a.b.png"], ["a.b"]),
    ])
    func itemsAreNamedByTheirFiles(names: [String], expected: [String]) {
        #expect(ListedImages.identifiers(names) == expected)
    }
}
