/// A panoptic annotation file: COCO's panoptic JSON, of which Cityscapes and ADE20K write the same.
package struct PanopticList: Codable, Sendable, Equatable {
    package struct Image: Codable, Sendable, Equatable {
        /// Its number or name.
        package let id: ImageKey
        package let width, height: Int
        /// Nil where a list does not name it; training on instance lists needs it.
        let fileName: String?

        enum CodingKeys: String, CodingKey { case id, width, height, fileName = "file_name" }
    }

    /// The segments of an image.
    package struct Annotation: Codable, Sendable, Equatable {
        let imageID: ImageKey
        let fileName: String
        let segments: [Segment]

        enum CodingKeys: String, CodingKey {
            case imageID = "image_id", fileName = "file_name", segments = "segments_info"
        }
    }

    /// One segment of an image.
    package struct Segment: Codable, Sendable, Equatable {
        /// Its number in the PNG: red + 256 green + 65536 blue.
        package let id: Int
        /// Its category, by the file's own numbers.
        package let category: Int
        /// Pixels; ADE20K counts the pixels of stuff before things cover it.
        package let area: Int
        /// Left, top, width, height.
        package let box: [Int]
        /// 1: a crowd region.
        package let crowd: Int

        enum CodingKeys: String, CodingKey {
            case id, category = "category_id", area, box = "bbox", crowd = "iscrowd"
        }
    }

    package struct Category: Codable, Sendable, Equatable {
        let id: Int
        let name: String
        let color: [Int]?
        let supercategory: String?
        let isThing: Int

        enum CodingKeys: String, CodingKey { case id, name, color, supercategory, isThing = "isthing" }
    }

    let images: [Image]
    let annotations: [Annotation]
    let categories: [Category]

    /// An image with its segments.
    package struct Entry: Sendable {
        let image: Image
        let annotation: Annotation
    }

    init(_ entries: [Entry], categories: [Category]) {
        images = entries.map(\.image)
        annotations = entries.map(\.annotation)
        self.categories = categories
    }
}

extension PanopticList.Segment {
    /// Number of pixels and bounding box of a segment.
    struct Extent {
        private(set) var area = 0
        private var left = Int.max
        private var top = Int.max
        private var right = 0
        private var bottom = 0

        mutating func add(x: Int, y: Int) {
            area += 1
            left = min(left, x)
            right = max(right, x)
            top = min(top, y)
            bottom = max(bottom, y)
        }

        /// The extents of all numbers of a row-major image, by number: 0 to the largest that `Number` holds.
        static func all<Number: FixedWidthInteger & UnsignedInteger>(
            _ numbers: [Number], width: Int
        ) -> [Extent] {
            var extents = [Extent](repeating: Extent(), count: Int(Number.max) + 1)
            for (pixel, number) in numbers.enumerated() {
                extents[Int(number)].add(x: pixel % width, y: pixel / width)
            }
            return extents
        }

        var box: [Int] { [left, top, right - left + 1, bottom - top + 1] }
    }
}
