/// The number or name of an image in a COCO file: COCO has numbers, Cityscapes and ADE20K have texts.
struct ImageKey: Decodable, Hashable, Comparable, Sendable, CustomStringConvertible {
    private let number: Int?
    private let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        number = try? container.decode(Int.self)
        text = try number.map { "\($0)" } ?? container.decode(String.self)
    }

    var description: String { text }

    /// Numbers by size and before texts: the order in which pycocotools ranks images.
    static func < (left: ImageKey, right: ImageKey) -> Bool {
        switch (left.number, right.number) {
        case (let first?, let second?): first < second
        case (nil, nil): left.text < right.text
        case (let first, _): first != nil
        }
    }
}

/// A yes or no that files write as 1 or true.
struct JSONFlag: Decodable, Sendable {
    let isSet: Bool

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {
            isSet = boolean
        } else {
            isSet = try container.decode(Int.self) != 0
        }
    }
}
