import Foundation

/// A panoptic annotation file: COCO's panoptic JSON, of which Cityscapes and ADE20K write the same.
package struct PanopticList: Codable, Sendable, Equatable {
    /// An image's name: a number in COCO, a text elsewhere.
    package enum Identifier: Codable, Sendable, Hashable, CustomStringConvertible {
        case number(Int), text(String)

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }

        /// As the file has it.
        package var description: String {
            switch self {
            case .number(let number): "\(number)"
            case .text(let text): text
            }
        }
    }

    /// An image.
    package struct Image: Codable, Sendable, Equatable {
        let id: Identifier
        let width, height: Int
        let fileName: String

        enum CodingKeys: String, CodingKey { case id, width, height, fileName = "file_name" }
    }

    /// What an image holds.
    package struct Annotation: Codable, Sendable, Equatable {
        let imageID: Identifier
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
        /// Pixels; ADE20K counts those of stuff before things are laid over it.
        package let area: Int
        /// Left, top, width, height.
        package let box: [Int]
        /// 1: a group of things.
        package let crowd: Int

        enum CodingKeys: String, CodingKey {
            case id, category = "category_id", area, box = "bbox", crowd = "iscrowd"
        }
    }

    /// A class.
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

    init(images: [Image], annotations: [Annotation], categories: [Category]) {
        self.images = images
        self.annotations = annotations
        self.categories = categories
    }

    /// Reads a file. Throws `DatasetError` that names file and key.
    init(path: String) throws {
        guard FileTree.isFile(path), let data = FileManager.default.contents(atPath: path) else {
            throw Self.fault(path, FileTree.isFile(path) ? "cannot be read" : "no such file")
        }
        do {
            self = try JSONDecoder().decode(PanopticList.self, from: data)
        } catch let error as DecodingError {
            throw Self.fault(path, Self.reason(error))
        }
    }

    /// Writes the file aside and renames it, keys sorted as the official scripts sort them. Throws
    /// `DatasetError`.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw DatasetError(
                path, [.other("", "cannot be written (\(error.localizedDescription))")],
                advice: "make room, or make the folder writable")
        }
    }

    private static func fault(_ path: String, _ what: String) -> DatasetError {
        DatasetError(
            "panoptic annotations", [.other(path, what)],
            advice: "fetch the file again, or make it with pem-data prepare")
    }

    private static func reason(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "key \(key.stringValue) is missing in \(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "key \(place(context)): \(context.debugDescription)"
        case .dataCorrupted(let context):
            return "no valid JSON at \(place(context)) (\(context.debugDescription))"
        @unknown default: return "no panoptic JSON"
        }
    }
}

extension PanopticList.Segment {
    /// Pixels and box of segment numbers as they are met, row by row.
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

        var box: [Int] { [left, top, right - left + 1, bottom - top + 1] }
    }
}
