/// The classes of a data set, by class number: names, colours, which are things, and the label that means
/// none of them.
package struct ClassTable: Sendable, Equatable {
    /// One class, as tables list it.
    package struct ClassDescription: Sendable, Equatable {
        package let name: String
        package let color: RGBColor
        /// Whether its objects are told apart.
        package let isThing: Bool

        package init(name: String, color: RGBColor, isThing: Bool) {
            self.name = name
            self.color = color
            self.isThing = isThing
        }

        /// Something countable: a car, a person.
        package static func thing(_ name: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> ClassDescription {
            ClassDescription(name: name, color: RGBColor(red, green, blue), isThing: true)
        }

        /// Something that has no instances: sky, road.
        package static func stuff(_ name: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> ClassDescription {
            ClassDescription(name: name, color: RGBColor(red, green, blue), isThing: false)
        }
    }

    /// Names of classes 0, 1, …
    package let names: [String]
    /// Colours of classes 0, 1, …
    package let colors: [RGBColor]
    /// Whether class 0, 1, … is a thing.
    package let isThing: [Bool]
    /// The numbers of classes 0, 1, … in the data set's own lists (category_id of its JSON files).
    package let categoryIDs: [Int]
    /// The label of pixels that belong to no class; never below `count`.
    package let ignoreLabel: Int

    package var count: Int { names.count }

    /// Classes by category, in the order of their numbers.
    package var classNumbers: [Int: Int] {
        Dictionary(uniqueKeysWithValues: zip(categoryIDs, categoryIDs.indices))
    }

    /// The things alone, as instance lists number them: 0, 1, … in the same order, the same categories.
    package var things: ClassTable {
        let numbers = isThing.indices.filter { isThing[$0] }
        return ClassTable(
            numbers.map { ClassDescription(name: names[$0], color: colors[$0], isThing: true) },
            categoryIDs: numbers.map { categoryIDs[$0] }, ignoreLabel: ignoreLabel)
    }

    /// Classes by number; the ignore label is a 16-bit number that is none of them. Categories are the
    /// classes' numbers where they are not given.
    package init(_ classes: [ClassDescription], categoryIDs: [Int]? = nil, ignoreLabel: Int) {
        precondition(
            !classes.isEmpty && ignoreLabel >= classes.count && ignoreLabel <= UInt16.max,
            "ClassTable: ignore label \(ignoreLabel) for \(classes.count) classes")
        let categories = categoryIDs ?? Array(classes.indices)
        precondition(
            categories.count == classes.count && Set(categories).count == classes.count,
            "ClassTable: \(categories.count) categories for \(classes.count) classes")
        self.categoryIDs = categories
        names = classes.map(\.name)
        colors = classes.map(\.color)
        isThing = classes.map(\.isThing)
        self.ignoreLabel = ignoreLabel
    }
}
