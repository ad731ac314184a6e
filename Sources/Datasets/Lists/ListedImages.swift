/// The names of data set items for the images of a list, which follow from their file names alone.
package enum ListedImages {
    /// File names without their endings, "_" for "/"; of absolute ones without the folders that all of them share.
    package static func identifiers(_ fileNames: [String]) -> [String] {
        let absolute = fileNames.filter { $0.hasPrefix("/") }
        let shared = absolute.first.map { first in
            absolute.dropFirst().reduce(folder(first)) { shared, name in
                zip(shared, folder(name)).prefix { $0 == $1 }.map(\.0)
            }.count
        }
        return fileNames.map { name in
            let parts = name.split(separator: "/").filter { $0 != "." && $0 != ".." }
            let own = name.hasPrefix("/") ? parts.dropFirst(shared ?? 0) : parts[...]
            return (own.dropLast() + [Substring(FileTree.stem(name))]).joined(separator: "_")
        }
    }

    private static func folder(_ name: String) -> [Substring] { name.split(separator: "/").dropLast() }
}
