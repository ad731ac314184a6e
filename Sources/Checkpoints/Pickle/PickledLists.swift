/// Lists of texts in a pickled dictionary, as data sets have an index.
package enum PickledLists {
    /// The lists of the names `keys` in the file's dictionary. Nothing of the file is run. Throws `CheckpointError`,
    /// also where it has none of that name.
    package static func texts(_ path: String, keys: [String]) throws(CheckpointError) -> [[String]] {
        let data = try MappedFile.open(path)
        var machine = PickleMachine(
            ByteCursor(data, path: path), storages: nil, budget: PickleBudget(fileSize: data.count))
        let root = try machine.run()
        guard let dictionary = machine.heap.dictionary(root) else {
            throw .unsupported(path: path, problem: "it is no pickled dictionary")
        }
        var lists: [[String]] = []
        for key in keys {
            let items = dictionary[key].flatMap { machine.heap.items($0) }
            guard let items, case let texts = items.compactMap(\.text), texts.count == items.count else {
                throw .unsupported(path: path, problem: "its \"\(key)\" is no list of texts")
            }
            lists.append(texts)
        }
        return lists
    }
}
