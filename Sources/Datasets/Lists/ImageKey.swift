/// The number or name of an image in a COCO file: COCO has numbers, Cityscapes and ADE20K have texts.
package struct ImageKey: Codable, Hashable, Comparable, Sendable, CustomStringConvertible {
    private let number: Int?
    private let text: String

    /// Throws `DecodingError`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        number = try? container.decode(Int.self)
        text = try number.map { "\($0)" } ?? container.decode(String.self)
    }

    /// A name.
    package init(_ text: String) {
        number = nil
        self.text = text
    }

    /// That of an image of this name that is in no list: a number where the name is one, as in COCO.
    package init(unlisted name: String) {
        number = !name.isEmpty && name.utf8.allSatisfy { (48...57).contains($0) } ? Int(name) : nil
        text = number.map { "\($0)" } ?? name
    }

    /// As it was read.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let number { try container.encode(number) } else { try container.encode(text) }
    }

    /// As the file has it.
    package var description: String { text }

    /// Numbers by size and before texts: the order in which pycocotools ranks images.
    package static func < (left: ImageKey, right: ImageKey) -> Bool {
        switch (left.number, right.number) {
        case (let first?, let second?): first < second
        case (nil, nil): left.text < right.text
        case (let first, _): first != nil
        }
    }
}
