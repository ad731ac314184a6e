/// A truth value that JSON files write as 1 or as true.
package struct JSONFlag: Codable, Sendable {
    package let isSet: Bool

    package init(_ isSet: Bool) {
        self.isSet = isSet
    }

    /// Throws `DecodingError`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {
            isSet = boolean
        } else {
            isSet = try container.decode(Int.self) != 0
        }
    }

    /// Writes 1 or 0.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(isSet ? 1 : 0)
    }
}
