/// The number or name of an image in a COCO file: COCO has numbers, Cityscapes and ADE20K have texts.
struct ImageKey: Codable, Hashable, Comparable, Sendable, CustomStringConvertible {
    private let number: Int?
    private let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        number = try? container.decode(Int.self)
        text = try number.map { "\($0)" } ?? container.decode(String.self)
    }

    /// A name.
    init(_ text: String) {
        number = nil
        self.text = text
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let number { try container.encode(number) } else { try container.encode(text) }
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
struct JSONFlag: Codable, Sendable {
    let isSet: Bool

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {
            isSet = boolean
        } else {
            isSet = try container.decode(Int.self) != 0
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(isSet ? 1 : 0)
    }
}
