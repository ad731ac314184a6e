import Annotations

/// A class of a panoptic or instance data set, by the data set's own number.
package struct CategoryDescription: Codable, Sendable, Equatable {
    package let id: Int
    package let name: String
    package let isThing: Bool

    package init(id: Int, name: String, isThing: Bool) {
        self.id = id
        self.name = name
        self.isThing = isThing
    }
}

extension ClassTable {
    /// The classes in their order, by the data set's own numbers.
    package var categories: [CategoryDescription] {
        names.indices.map { CategoryDescription(id: categoryIDs[$0], name: names[$0], isThing: isThing[$0]) }
    }
}
