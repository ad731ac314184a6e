import Annotations

/// What was predicted for a picture as polygons: panoptic segments where there are any, else instances, else the pixels
/// of each class.
struct PolygonList: Encodable {
    private struct Object: Encodable {
        let className: String
        let category: Int
        /// Of instances alone.
        let score: Double?
        /// Pixels inside.
        let area: Int
        /// x, y, width and height.
        let box: [Int]
        let polygons: [MaskPolygon]

        private enum CodingKeys: String, CodingKey {
            case className = "class", category = "category_id"
            case score, area, box, polygons
        }
    }

    private let image: String
    private let width, height: Int
    private let objects: [Object]

    /// Of the picture at `path`; outlines are as exact as `style` asks, instances of lower scores are left out.
    init(_ prediction: ImagePrediction, _ classes: ClassTable, _ style: PictureStyle, of path: String) {
        image = path
        (width, height) = (prediction.size.width, prediction.size.height)
        objects = Self.masks(prediction, classes.count, style.leastScore).compactMap { category, score, mask in
            guard let box = mask.box else { return nil }
            return Object(
                className: classes.names[category], category: classes.categoryIDs[category], score: score,
                area: mask.area, box: box, polygons: MaskPolygon.parts(of: mask, tolerance: style.polygonTolerance))
        }
    }

    private static func masks(
        _ prediction: ImagePrediction, _ classCount: Int, _ leastScore: Float
    ) -> [(category: Int, score: Double?, mask: RunLengthMask)] {
        let (height, width) = (prediction.size.height, prediction.size.width)
        if let panoptic = prediction.panoptic {
            let places = Dictionary(
                uniqueKeysWithValues: panoptic.segments.enumerated().map { (Int32($1.id), UInt16($0 + 1)) })
            let masks = RunLengthMask.masks(
                numbers: panoptic.segmentIDs.map { places[$0] ?? 0 }, height: height, width: width,
                count: panoptic.segments.count)
            return zip(panoptic.segments, masks).map { ($0.category, nil, $1) }
        }
        if let instances = prediction.instances {
            return instances.filter { $0.score >= leastScore }.map { ($0.category, Double($0.score), $0.mask) }
        }
        let labels = prediction.labels?.values ?? []
        let masks = RunLengthMask.masks(
            numbers: labels.map { $0 < classCount ? $0 + 1 : 0 }, height: height, width: width, count: classCount)
        return masks.enumerated().map { ($0.offset, nil, $0.element) }
    }
}
