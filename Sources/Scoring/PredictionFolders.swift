/// Where the predictions of data sets lie: those of one in the folder that was named, those of several in a folder each
/// in it, called as the data set, with a number where that is taken.
package enum PredictionFolders {
    /// One path a data set, in their order.
    package static func of(_ sets: [String], in folder: String) -> [String] {
        if sets.count == 1 { return [folder] }
        var taken: Set<String> = []
        return sets.map { set in
            let name = set.split(separator: "/").joined(separator: "_")
            let names = [name] + (2...max(2, sets.count)).map { "\(name)_\($0)" }
            let free = names.first { taken.insert($0).inserted } ?? name
            return folder + "/" + free
        }
    }
}
