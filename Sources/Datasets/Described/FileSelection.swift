import Foundation

/// The images of a folder that a text file names, one a line.
struct FileSelection: Sendable {
    /// Paths in the folder, without their endings.
    let names: Set<String>
    private let path: String

    /// Reads a list; the names may have their endings, among them `suffix`. Throws `DatasetError` for a file that
    /// cannot be read or names nothing.
    init(_ path: String, suffix: String?) throws {
        guard FileTree.isFile(path), let data = FileManager.default.contents(atPath: path) else {
            throw DatasetError(
                "list of images", [.other(path, FileTree.isFile(path) ? "cannot be read" : "no such file")],
                advice: "check the path, and the root it lies under")
        }
        let endings = (suffix.map { [$0] } ?? []) + [".png", ".jpg", ".jpeg"]
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        names = Set(
            lines.map { line in
                let name = line.trimmingCharacters(in: .whitespaces.union(["\u{FEFF}"]))
                let own = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
                let ending = endings.first { own.lowercased().hasSuffix($0.lowercased()) }
                return String(own.dropLast(ending?.count ?? 0))
            }
        ).subtracting([""])
        self.path = path
        if names.isEmpty {
            throw DatasetError(
                "list of images", [.other(path, "names no image")], advice: "write the name of an image on each line")
        }
    }

    /// One for each name that is not among the images found.
    func problems(without found: [String]) -> [DatasetProblem] {
        let found = Set(found.map(PairedFiles.identifier))
        return names.sorted().filter { !found.contains(PairedFiles.identifier($0)) }.map {
            .other(path, "names \"\($0)\", but there is no such image")
        }
    }

    /// Those of `names` from the fraction `start` to `end` of all: neighbouring fractions share none and leave none
    /// out. Their order depends on each name alone, so that more images hardly move the others.
    static func fraction(_ start: Double, _ end: Double, of names: [String]) -> Set<String> {
        let ranked = names.map { (hash($0), $0) }.sorted { $0 < $1 }.map(\.1)
        let bounds = [start, end].map { Int(($0 * Double(ranked.count)).rounded()) }
        return Set(ranked[bounds[0]..<bounds[1]])
    }

    /// FNV-1a, and a mixing of its bits, of which the upper ones of short names are alike.
    private static func hash(_ name: String) -> UInt64 {
        let sum = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { (hash: UInt64, byte) in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let mixed = (sum ^ sum >> 33) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ mixed >> 33
    }
}
