/// A mask as COCO's files write it: polygons, or run lengths, plain or compressed.
package enum MaskOutline: Codable, Sendable, Equatable {
    /// x0, y0, x1, y1, … of each.
    case polygons([[Double]])
    /// Height and width, and `RunLengthMask.counts`.
    case runs(size: [Int], counts: [Int])
    /// Height and width, and `RunLengthMask.text`.
    case text(size: [Int], counts: String)

    private enum Key: String, CodingKey {
        case size, counts
    }

    /// An object without keys is no outline, as is an empty list. Throws `DecodingError`.
    package init(from decoder: any Decoder) throws {
        if let polygons = try? decoder.singleValueContainer().decode([[Double]].self) {
            self = .polygons(polygons)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        if container.allKeys.isEmpty {
            self = .polygons([])
            return
        }
        let size = try container.decode([Int].self, forKey: .size)
        if let text = try? container.decode(String.self, forKey: .counts) {
            self = .text(size: size, counts: text)
        } else {
            self = .runs(size: size, counts: try container.decode([Int].self, forKey: .counts))
        }
    }

    /// As it was read.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .polygons(let polygons): try polygons.encode(to: encoder)
        case .runs(let size, let counts): try encode(size, counts, to: encoder)
        case .text(let size, let counts): try encode(size, counts, to: encoder)
        }
    }

    private func encode(_ size: [Int], _ counts: some Encodable, to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(size, forKey: .size)
        try container.encode(counts, forKey: .counts)
    }

    /// Whether all points of its polygons are numbers and in reach.
    package var isFinite: Bool {
        guard case .polygons(let polygons) = self else { return true }
        return polygons.allSatisfy { $0.allSatisfy(\.isFinite) }
    }

    /// The mask in an image of this size. Throws `InputError` naming `place`.
    package func mask(height: Int, width: Int, place: String) throws -> RunLengthMask {
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
            throw InputError(
                place: place, what: "the mask has another size than its image", expected: "\(expected)",
                got: "\(size)",
                advice: "write masks of the image's height and width")
        }
    }
}
