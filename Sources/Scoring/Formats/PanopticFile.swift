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

    /// Pixels and segments, the PNG taken from `folder`; areas that are not stated are counted. Throws `InputError`,
    /// and `InputError` for a name that leads outside of the folder unless `allowsOutside`.
    func map(in folder: String, allowsOutside: Bool) throws -> PanopticMap {
        let path = try ScoringFiles.path(of: file_name, in: folder, allowsOutside: allowsOutside)
        let ids = try ImageFile.readRGB(path).segmentIDs
        let stated = segments_info.map { $0.area.flatMap { Int(exactly: $0.rounded()) } }
        let counted = stated.contains(nil) ? runCounts(ids.count) { ids[$0] } : [:]
        let segments = zip(segments_info, stated).map { segment, area in
            PanopticMap.Segment(
                id: segment.id, category: segment.category_id, isCrowd: segment.iscrowd?.isSet ?? false,
                area: area ?? UInt32(exactly: segment.id).flatMap { counted[$0] } ?? 0)
        }
        return PanopticMap(ids: ids, segments: segments, place: path)
    }
}
