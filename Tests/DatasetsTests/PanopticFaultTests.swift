import Datasets
import Foundation
import Images
import Testing

/// What can be wrong with panoptic annotations, each found and named.
@Suite struct PanopticFaultTests {
    private static let segments = [
        #"{"id": 7, "category_id": 7, "area": 4, "bbox": [0, 0, 2, 2], "iscrowd": 0}"#,
        #"{"id": 26001, "category_id": 26, "area": 4, "bbox": [2, 0, 2, 2], "iscrowd": 0}"#,
    ]
    private static let categories = [
        #"{"id": 7, "name": "road", "isthing": 0}"#, #"{"id": 26, "name": "car", "isthing": 1}"#,
    ]

    /// The list and the message it earns; a picture has segments 7 and 26001.
    private static func list(
        segments: [String] = segments, categories: [String] = categories, ids: [String] = ["bonn_0_0"]
    ) -> String {
        let images = ids.map { #"{"id": "\#($0)", "width": 4, "height": 2, "file_name": "x.png"}"# }
        let annotations = ids.map {
            #"{"image_id": "\#($0)", "file_name": "p.png", "segments_info": [\#(segments.joined(separator: ", "))]}"#
        }
        return #"{"images": [\#(images.joined(separator: ","))], "#
            + #""annotations": [\#(annotations.joined(separator: ","))], "#
            + #""categories": [\#(categories.joined(separator: ","))]}"#
    }

    private func problems(_ list: String) throws -> String {
        let folder = try TemporaryFolder()
        let stem = "val/bonn/bonn_0_0"
        try folder.image("cityscapes/leftImg8bit/\(stem)_leftImg8bit.png", width: 4, height: 2)
        try folder.labels("cityscapes/gtFine/\(stem)_gtFine_labelIds.png", width: 4, height: 2) {
            $0 % 4 < 2 ? 7 : 26
        }
        try folder.write(list, "cityscapes/gtFine/cityscapes_panoptic_val.json")
        let pixels = (0..<8).flatMap { pixel -> [UInt8] in
            pixel % 4 < 2 ? [7, 0, 0] : [UInt8(26_001 & 255), UInt8(26_001 >> 8), 0]
        }
        try ImageFile.writePNG(
            RGBImage(width: 4, height: 2, pixels: pixels),
            to: folder.file("cityscapes/gtFine/cityscapes_panoptic_val/p.png"))
        do {
            try DatasetCatalog.open(name: "cityscapes_fine_panoptic_val", root: folder.path).check(.full)
            return ""
        } catch let error as DatasetError {
            return error.description
        }
    }

    @Test func aGoodListPasses() throws {
        #expect(try problems(Self.list()) == "")
    }

    @Test(arguments: [
        (
            list(segments: Array(segments.prefix(1))),
            "cityscapes_panoptic_val/p.png: segment 26001 has 4 pixels, but is not in the list"
        ),
        (
            list(segments: segments + [segments[0].replacingOccurrences(of: #""id": 7"#, with: #""id": 9"#)]),
            "cityscapes_panoptic_val/p.png: segment 9 is in the list, but has no pixel"
        ),
        (
            list(segments: [segments[0], segments[1].replacingOccurrences(of: ": 26,", with: ": 99,")]),
            "cityscapes_panoptic_val.json: image bonn_0_0: segment 26001 has category 99, which is not in the list"
        ),
        (
            list(segments: segments + [segments[1]]),
            "cityscapes_panoptic_val.json: image bonn_0_0: segment 26001 is listed twice"
        ),
        (list(ids: ["bonn_0_0", "bonn_0_0"]), "cityscapes_panoptic_val.json: image bonn_0_0 is annotated twice"),
        (list(ids: ["bonn_0_0", "bonn_0_0"]), "cityscapes_panoptic_val.json: image bonn_0_0 is listed twice"),
        (
            list(ids: ["bonn_0_1"]),
            "bonn_0_0_leftImg8bit.png: has no panoptic annotation (expected image bonn_0_0 in"
        ),
        (
            list(ids: ["bonn_0_0", "ulm_0_0"]),
            "cityscapes_panoptic_val.json: image ulm_0_0 is annotated, but there is no such image"
        ),
        (
            list(categories: categories + [#"{"id": 0, "name": "road", "isthing": 0}"#]),
            #"cityscapes_panoptic_val.json: category 0, "road", is no class of this data set"#
        ),
        (
            list(categories: categories + [#"{"id": 13, "name": "car", "isthing": 1}"#]),
            #"cityscapes_panoptic_val.json: category 13"#
        ),
        (list(categories: categories + [categories[0]]), "cityscapes_panoptic_val.json: category 7 is listed twice"),
        (
            list(segments: [#"{"category_id": 7}"#]),
            "cityscapes_panoptic_val.json: key id is missing in annotations.[0].segments_info.[0]"
        ),
        ("{", "cityscapes_panoptic_val.json: no valid JSON"),
    ] as [(String, String)])
    func eachFaultIsNamed(list: String, message: String) throws {
        let text = try problems(list)
        #expect(text.contains(message), "\(text)")
    }
}
