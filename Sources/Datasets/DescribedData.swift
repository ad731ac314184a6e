/// What is found of a data set that a file describes.
package struct DescribedData: Sendable {
    /// As the description names it.
    package let name: String
    /// How many images its splits have and where, or why there are none.
    package let finding: String

    /// Nil for a file that is no description.
    package init?(path: String, environment: [String: String]) {
        guard let description = try? FolderDescription(path: path) else { return nil }
        name = description.name
        let variable = description.root.flatMap(EnvironmentText.firstName(in:))
        let advice = variable.map { ", \($0) is " + (environment[$0] == nil ? "not set" : "set") } ?? ""
        guard let root = try? description.ownRoot(environment), FileTree.isFolder(root) else {
            finding = "none" + advice
            return
        }
        let splits = description.splitNames.map { split in
            let dataset = try? description.open(split: split, root: nil, environment: environment)
            return "\(split) " + (dataset.map { "\($0.items.count)" } ?? "cannot be read")
        }
        finding = "images: " + splits.joined(separator: ", ") + "; in \(root)" + advice
    }
}

extension DatasetFamily {
    /// The family's folders that are there under `root`.
    package func parts(under root: String) -> [String] {
        let base = base(in: root)
        return contents.map { FileTree.join(base, $0) }.filter(FileTree.isFolder)
    }
}
