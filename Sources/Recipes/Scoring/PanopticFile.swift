import Images
import Metrics

/// A file in COCO's panoptic format: the truth has images and categories, predictions need not.
struct PanopticFile: Codable, Sendable {
    struct Image: Codable, Sendable {
        let id: ImageKey
    }

    struct Annotation: Codable, Sendable {
        let image_id: ImageKey
        let file_name: String
        let segments_info: [Segment]
    }

    struct Segment: Codable, Sendable {
        let id: Int
        let category_id: Int
        var iscrowd: JSONFlag?
        var area: Double?
    }

    struct Category: Codable, Sendable {
        let id: Int
        let name: String
        let isthing: JSONFlag?

        var description: CategoryDescription {
            CategoryDescription(id: id, name: name, isThing: isthing?.isSet ?? true)
        }
    }

    let images: [Image]?
    let annotations: [Annotation]
    let categories: [Category]?
}

extension PanopticFile.Annotation {
    /// Pixels and segments, the PNG taken from `folder`. Throws `ImageError`.
    func map(in folder: String) throws -> PanopticMap {
        let path = folder + "/" + file_name
        let pixels = try ImageFile.readRGB(path).pixels
        let ids = [UInt32](unsafeUninitializedCapacity: pixels.count / 3) { ids, count in
            for pixel in 0..<pixels.count / 3 {
                let (red, green, blue) = (pixels[3 * pixel], pixels[3 * pixel + 1], pixels[3 * pixel + 2])
                ids.initializeElement(at: pixel, to: UInt32(red) | UInt32(green) << 8 | UInt32(blue) << 16)
            }
            count = pixels.count / 3
        }
        let segments = segments_info.map {
            PanopticMap.Segment(
                id: $0.id, category: $0.category_id, isCrowd: $0.iscrowd?.isSet ?? false,
                area: Int(exactly: ($0.area ?? 0).rounded()) ?? 0)
        }
        return PanopticMap(ids: ids, segments: segments, place: path)
    }
}
