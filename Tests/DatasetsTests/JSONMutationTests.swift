import Datasets
import Foundation
import TestSupport
import Testing

/// Whatever the bytes, reading gives a description or a list, or a `DatasetError`.
@Suite struct JSONMutationTests {
    @Test func damagedFilesNeverCrash() throws {
        let folder = try TemporaryFolder()
        var run = FuzzRun("JSON", path: folder.path + "/damaged.json")
        let originals = [Self.description, Self.panoptic].map { Array($0.utf8) }
        try run.read(originals, tokens: Self.tokens, refusal: DatasetError.self) { path in
            do { _ = try AnnotationFile.read(PanopticList.self, path: path) } catch is DatasetError {}
            _ = try FolderDescription(path: path)
        }
        #expect(run.refused > run.count / 5, "\(run.refused) of \(run.count) refused")
    }

    private static let tokens = [
        "[", "]", "{", "}", "\"", "\\", "\\ud800", ",", ":", "null", "true", "-", "1e400", "1e-400",
        "9223372036854775808", "0.1", "\u{FEFF}", "\0", "\"id\":", "\"segments_info\":[",
    ]

    private static let description = #"""
        {
          "name": "camvid", "root": "${ROOT:-../sets}", "ignore_label": 11,
          "classes": [{"name": "sky", "color": [70, 130, 180]}, {"name": "car", "color": [0, 0, 142], "thing": true}],
          "label_map": {"0": 0, "7": 1, "other": 11},
          "train": {"images": "images/train", "labels": "labels/train"},
          "val": {"images": "images/\u00e9", "labels": "labels/val", "label_suffix": "_labels.png"}
        }
        """#

    private static let panoptic = #"""
        {"images": [{"id": "a_1", "width": 4, "height": 2, "file_name": "a_1.png"},
                    {"id": 7, "width": 4, "height": 2, "file_name": "b.jpg"}],
         "annotations": [{"image_id": "a_1", "file_name": "a_1_p.png", "segments_info": [
           {"id": 26001, "category_id": 26, "area": 5, "bbox": [0, 0, 3, 2], "iscrowd": 0}]}],
         "categories": [{"id": 26, "name": "car", "color": [0, 0, 142], "supercategory": "vehicle", "isthing": 1}]}
        """#
}
