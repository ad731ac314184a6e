import Datasets

/// The folders that the predictions for several data sets lie in, called after them.
struct SetFolders {
    private let names: [String]

    /// Data sets of one name are numbered.
    init(_ sets: [SegmentationDataset]) {
        var taken: Set<String> = []
        names = sets.map { set in
            var (name, number) = (set.name, 2)
            while !taken.insert(name).inserted {
                name = "\(set.name)_\(number)"
                number += 1
            }
            return name
        }
    }

    /// The folder of one data set in `folder`, which it is itself where there is no other.
    func path(_ index: Int, in folder: String) -> String {
        names.count > 1 ? "\(folder)/\(names[index])" : folder
    }
}
