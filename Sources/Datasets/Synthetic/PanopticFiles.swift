import Annotations
import Images

/// Cityscapes' panoptic annotations, made of instance images as cityscapesScripts' createPanopticImgs.py
/// makes them.
package enum PanopticFiles {
    /// What the JSON says about an image.
    struct Scene: Sendable {
        let id: String
        let width, height: Int
        let segments: [Segment]

        var fileName: String { id + "_gtFine_panoptic.png" }

        init(id: String, instances: LabelImage) {
            self.id = id
            width = instances.width
            height = instances.height
            segments = PanopticFiles.segments(of: instances)
        }
    }

    /// One segment of an image.
    package struct Segment: Sendable, Equatable {
        /// Its number in the instance image, and its label's id.
        package let id, category: Int
        /// Pixels.
        package fileprivate(set) var area = 0
        /// The first column.
        package fileprivate(set) var left: Int
        /// The first row.
        package fileprivate(set) var top: Int
        /// The last column.
        package fileprivate(set) var right: Int
        /// The last row.
        package fileprivate(set) var bottom: Int
        /// A group of things.
        package let isCrowd: Bool
    }

    /// Segments in the order of their numbers; labels that evaluation ignores are left out. A thing's number
    /// below 1000 is a group: a crowd.
    package static func segments(of instances: LabelImage) -> [Segment] {
        var found: [UInt16: Segment] = [:]
        for y in 0..<instances.height {
            for x in 0..<instances.width {
                let value = instances.values[y * instances.width + x]
                guard let label = label(of: value) else { continue }
                let isCrowd = value < 1000 && label.hasInstances
                var segment =
                    found[value]
                    ?? Segment(
                        id: Int(value), category: label.id, left: x, top: y, right: x, bottom: y,
                        isCrowd: isCrowd)
                segment.area += 1
                segment.left = min(segment.left, x)
                segment.right = max(segment.right, x)
                segment.bottom = y
                found[value] = segment
            }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    /// Red + 256 green + 65536 blue is the segment's number; 0 is void.
    package static func picture(_ instances: LabelImage) -> RGBImage {
        var pixels = [UInt8](repeating: 0, count: instances.values.count * 3)
        for (index, value) in instances.values.enumerated() where label(of: value) != nil {
            pixels[3 * index] = UInt8(value & 255)
            pixels[3 * index + 1] = UInt8(value >> 8)
        }
        return RGBImage(width: instances.width, height: instances.height, pixels: pixels)
    }

    /// cityscapes_panoptic_SPLIT.json beside the folder of pictures.
    static func writeList(_ scenes: [Scene], split: String, folder: String) throws {
        // PARITY: the official script keeps "_gtFine" in the image's name, so that no such file exists.
        let images = scenes.map {
            #"{"id": "\#($0.id)", "width": \#($0.width), "height": \#($0.height), "#
                + #""file_name": "\#($0.id)_gtFine_leftImg8bit.png"}"#
        }
        let annotations = scenes.map { scene in
            let segments = scene.segments.map(text).joined(separator: ", ")
            return
                #"{"image_id": "\#(scene.id)", "file_name": "\#(scene.fileName)", "#
                + #""segments_info": [\#(segments)]}"#
        }
        let categories = CityscapesLabel.all.filter { !$0.isIgnored }.map {
            #"{"id": \#($0.id), "name": "\#($0.name)", "#
                + #""color": [\#($0.color.red), \#($0.color.green), \#($0.color.blue)], "#
                + #""supercategory": "\#($0.category)", "isthing": \#($0.hasInstances ? 1 : 0)}"#
        }
        let lists = [("images", images), ("annotations", annotations), ("categories", categories)]
        let body = lists.map { "\"\($0.0)\": [\n" + $0.1.joined(separator: ",\n") + "\n]" }.joined(
            separator: ",\n")
        try SyntheticScenes.write("{\(body)}\n", to: folder + "/gtFine/cityscapes_panoptic_\(split).json")
    }

    private static func text(_ segment: Segment) -> String {
        let (width, height) = (segment.right - segment.left + 1, segment.bottom - segment.top + 1)
        return #"{"id": \#(segment.id), "category_id": \#(segment.category), "area": \#(segment.area), "#
            + #""bbox": [\#(segment.left), \#(segment.top), \#(width), \#(height)], "#
            + #""iscrowd": \#(segment.isCrowd ? 1 : 0)}"#
    }

    private static func label(of value: UInt16) -> CityscapesLabel? {
        let id = Int(value < 1000 ? value : value / 1000)
        guard id < CityscapesLabel.all.count, !CityscapesLabel.all[id].isIgnored else { return nil }
        return CityscapesLabel.all[id]
    }
}
