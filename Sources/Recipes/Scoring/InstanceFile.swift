import Metrics

/// Ground truth in COCO's instance format.
struct InstanceFile: Decodable, Sendable {
    struct Image: Decodable, Sendable {
        let id: ImageKey
        let height, width: Int
    }

    struct Annotation: Decodable, Sendable {
        let id: Int
        let image_id: ImageKey
        let category_id: Int
        let segmentation: InstanceOutline
        let area: Double
        let iscrowd: JSONFlag?
    }

    let images: [Image]
    let annotations: [Annotation]
    let categories: [PanopticFile.Category]
}

/// One element of a list of predicted instances.
struct InstancePredictionEntry: Decodable, Sendable {
    let image_id: ImageKey
    let category_id: Int
    let segmentation: InstanceOutline
    let score: Double
}

/// A mask as COCO's files write it: polygons, or run lengths, plain or compressed.
enum InstanceOutline: Decodable, Sendable {
    case polygons([[Double]])
    case runs(size: [Int], counts: [Int])
    case text(size: [Int], counts: String)

    private enum Key: String, CodingKey {
        case size, counts
    }

    init(from decoder: any Decoder) throws {
        if let polygons = try? decoder.singleValueContainer().decode([[Double]].self) {
            self = .polygons(polygons)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        let size = try container.decode([Int].self, forKey: .size)
        if let text = try? container.decode(String.self, forKey: .counts) {
            self = .text(size: size, counts: text)
        } else {
            self = .runs(size: size, counts: try container.decode([Int].self, forKey: .counts))
        }
    }

    /// The mask in an image of this size. Throws `MetricsError` naming `place`.
    func mask(height: Int, width: Int, place: String) throws -> RunLengthMask {
        switch self {
        case .polygons(let polygons):
            return try RunLengthMask(height: height, width: width, polygons: polygons, place: place)
        case .runs(let size, let counts):
            try require(size, [height, width], place)
            return try RunLengthMask(height: height, width: width, counts: counts, place: place)
        case .text(let size, let counts):
            try require(size, [height, width], place)
            return try RunLengthMask(height: height, width: width, text: counts, place: place)
        }
    }

    private func require(_ size: [Int], _ expected: [Int], _ place: String) throws {
        guard size == expected else {
            throw MetricsError(
                place: place, what: "the mask has another size than its image", expected: "\(expected)",
                got: "\(size)",
                advice: "write masks of the image's height and width")
        }
    }
}
