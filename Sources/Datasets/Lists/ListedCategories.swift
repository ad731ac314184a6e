import Annotations

/// The categories of a list beside the classes of a data set: their numbers mean the same only where their names do.
enum ListedCategories {
    /// What is wrong with `categories`, of which a name may be missing. Where `used` is given, those that are no class
    /// of the data set do no harm unless they are in it.
    static func problems(
        _ categories: [(id: Int, name: String?)], in path: String, classes: ClassTable, used: Set<Int>? = nil
    ) -> [DatasetProblem] {
        let numbers = classes.classNumbers
        var seen: Set<Int> = []
        return categories.compactMap { category in
            let name = category.name.map { ", \"\($0)\"," } ?? ""
            guard seen.insert(category.id).inserted else {
                return .other(path, "category \(category.id) is listed twice")
            }
            guard let number = numbers[category.id] else {
                if let used, !used.contains(category.id) { return nil }
                return .other(path, "category \(category.id)\(name) is no class of this data set")
            }
            // In a list by trainId, or of other classes, the numbers mean something else.
            let expected = classes.names[number]
            guard let name = category.name, name != expected else { return nil }
            return .other(path, "category \(category.id) is \"\(name)\" (expected \"\(expected)\")")
        }
    }
}
