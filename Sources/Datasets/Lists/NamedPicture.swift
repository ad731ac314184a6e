import Annotations
import Foundation

/// A picture that a person named, by itself or with others.
package struct NamedPicture: Sendable, Equatable {
    /// The file.
    package let path: String
    /// The stem of the names of its results, which no other picture has.
    package let name: String
    /// Whether the name has a number because another picture has the name without.
    package private(set) var isRenamed = false

    private init(path: String, name: String, isRenamed: Bool = false) {
        (self.path, self.name, self.isRenamed) = (path, name, isRenamed)
    }

    private static let endings = [".png", ".jpg", ".jpeg"]
    /// How the stems of Cityscapes' pictures end.
    private static let cityscapesEnding = "_leftImg8bit"

    /// The pictures that words name, each once: files; folders, with all PNG and JPEG files in them and in their
    /// subfolders but hidden ones and those that are a result (`isResult`); patterns of the shell (`*`, `?`, `[…]`);
    /// and `-`, the lines of `list`, which may be any of these.
    ///
    /// A picture is called as its file without the ending; below a folder that was named its subfolders stay part of
    /// it. Where that is taken, it gets a number: `street`, `street_2`. `asItems` calls pictures of Cityscapes as its
    /// data sets do, city_sequence_frame. Throws `InputError` for a folder or a pattern without a picture, and
    /// `DatasetError` for a folder that cannot be listed.
    package static func named(
        by words: [String], asItems: Bool = false, isResult: (String) -> Bool = { _ in false }, list: () -> [String]
    ) throws -> [NamedPicture] {
        let words = words.flatMap { $0 == "-" ? list() : [$0] }
        var known: Set<String> = []
        let pictures = try words.flatMap { try named(by: $0, isResult) }.filter {
            known.insert(FileTree.real($0.path)).inserted
        }
        return distinct(asItems ? pictures.map(\.asItem) : pictures)
    }

    private var asItem: NamedPicture {
        guard name.hasSuffix(Self.cityscapesEnding) else { return self }
        return NamedPicture(path: path, name: String(FileTree.stem(path).dropLast(Self.cityscapesEnding.count)))
    }

    private static func named(by word: String, _ isResult: (String) -> Bool) throws -> [NamedPicture] {
        if FileTree.isFolder(word) { return try inside(word, isResult) }
        guard word.contains(where: "*?[".contains), !FileTree.isFile(word) else {
            return [NamedPicture(path: word, name: FileTree.stem(word))]
        }
        let paths = matches(of: word)
        if paths.isEmpty {
            throw InputError(
                place: word, what: "matches no file", expected: "pictures", got: "none",
                advice: "check the pattern, or name their folder")
        }
        return try paths.flatMap { path in
            FileTree.isFolder(path) ? try inside(path, isResult) : [NamedPicture(path: path, name: FileTree.stem(path))]
        }
    }

    private static func inside(_ folder: String, _ isResult: (String) -> Bool) throws -> [NamedPicture] {
        let files = try FileTree.files(in: folder, suffixes: endings).filter { !isResult(FileTree.join(folder, $0)) }
        if files.isEmpty {
            throw InputError(
                place: folder, what: "holds no picture", expected: "PNG or JPEG files", got: "none",
                advice: "name another folder")
        }
        return files.map { file in
            let folders = file.split(separator: "/").dropLast().map { $0 + "/" }.joined()
            return NamedPicture(path: FileTree.join(folder, file), name: folders + FileTree.stem(file))
        }
    }

    /// Sorted.
    private static func matches(of pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_TILDE, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    private static func distinct(_ pictures: [NamedPicture]) -> [NamedPicture] {
        var taken = Set(pictures.map(\.name))
        // The last number of each name.
        var numbers: [String: Int] = [:]
        return pictures.map { picture in
            guard var number = numbers[picture.name] else {
                numbers[picture.name] = 1
                return picture
            }
            repeat { number += 1 } while !taken.insert("\(picture.name)_\(number)").inserted
            numbers[picture.name] = number
            return NamedPicture(path: picture.path, name: "\(picture.name)_\(number)", isRenamed: true)
        }
    }
}
