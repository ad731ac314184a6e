import Annotations
import Datasets
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
    /// The segments that were predicted for an image, whose picture has this name.
    init(_ result: PanopticResult, _ classes: ClassTable, image: ImageKey, fileName: String) {
        self.init(
            image_id: image, file_name: fileName,
            segments_info: result.segments.map {
                PanopticFile.Segment(id: $0.id, category_id: classes.categoryIDs[$0.category])
            })
    }

    /// Pixels and segments, the PNG taken from `folder`. Throws `ImageError`.
    func map(in folder: String) throws -> PanopticMap {
        let path = folder + "/" + file_name
        let segments = segments_info.map {
            PanopticMap.Segment(
                id: $0.id, category: $0.category_id, isCrowd: $0.iscrowd?.isSet ?? false,
                area: Int(exactly: ($0.area ?? 0).rounded()) ?? 0)
        }
        return PanopticMap(ids: try ImageFile.readRGB(path).segmentIDs, segments: segments, place: path)
    }
}
