/// A yes or no that files write as 1 or true.
package struct JSONFlag: Codable, Sendable {
    /// The answer.
    package let isSet: Bool

    /// A flag to write.
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

    /// As 1 or 0.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(isSet ? 1 : 0)
    }
}
