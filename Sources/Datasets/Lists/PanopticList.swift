/// A panoptic annotation file: COCO's panoptic JSON, of which Cityscapes and ADE20K write the same.
package struct PanopticList: Codable, Sendable, Equatable {
    package struct Image: Codable, Sendable, Equatable {
        /// Its number or name.
        package let id: ImageKey
        /// 0 where a list does not name them; the files have them too.
        package let width, height: Int
        /// Nil where a list does not name it; training on instance lists needs it.
        let fileName: String?

        enum CodingKeys: String, CodingKey { case id, width, height, fileName = "file_name" }

        init(id: ImageKey, width: Int, height: Int, fileName: String?) {
            (self.id, self.width, self.height, self.fileName) = (id, width, height, fileName)
        }

        /// Throws `DecodingError`.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                id: try container.decode(ImageKey.self, forKey: .id),
                width: try container.wholeIfPresent(.width) ?? 0,
                height: try container.wholeIfPresent(.height) ?? 0,
                fileName: try container.decodeIfPresent(String.self, forKey: .fileName))
        }
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
        /// Pixels; ADE20K counts the pixels of stuff before things cover it. 0 where a list does not say it.
        package let area: Int
        /// Left, top, width, height; nothing reads it.
        package let box: [Int]
        /// 1: a crowd region.
        package let crowd: Int

        enum CodingKeys: String, CodingKey {
            case id, category = "category_id", area, box = "bbox", crowd = "iscrowd"
        }

        package init(id: Int, category: Int, area: Int, box: [Int], crowd: Int) {
            (self.id, self.category, self.area, self.box, self.crowd) = (id, category, area, box, crowd)
        }

        /// Reads what is used; an area that is no whole number is rounded. Throws `DecodingError`.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let area = try container.decodeIfPresent(Double.self, forKey: .area) ?? 0
            self.init(
                id: try container.whole(.id), category: try container.whole(.category),
                area: Int(exactly: area.rounded()) ?? 0, box: [],
                crowd: try container.decodeIfPresent(JSONFlag.self, forKey: .crowd)?.isSet ?? false ? 1 : 0)
        }
    }

    package struct Category: Codable, Sendable, Equatable {
        let id: Int
        /// Nil where a list does not name it.
        let name: String?
        let color: [Int]?
        let supercategory: String?
        /// Written, and not read: the classes say it.
        let isThing: Int

        enum CodingKeys: String, CodingKey { case id, name, color, supercategory, isThing = "isthing" }

        init(id: Int, name: String?, color: [Int]?, supercategory: String?, isThing: Int) {
            (self.id, self.name, self.color) = (id, name, color)
            (self.supercategory, self.isThing) = (supercategory, isThing)
        }

        /// Reads what is used. Throws `DecodingError`.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                id: try container.whole(.id), name: try container.decodeIfPresent(String.self, forKey: .name),
                color: nil, supercategory: nil, isThing: 0)
        }
    }

    let images: [Image]
    let annotations: [Annotation]
    /// Empty where a list does not name them.
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

    /// Throws `DecodingError`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        images = try container.decodeIfPresent([Image].self, forKey: .images) ?? []
        annotations = try container.decode([Annotation].self, forKey: .annotations)
        categories = try container.decodeIfPresent([Category].self, forKey: .categories) ?? []
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
