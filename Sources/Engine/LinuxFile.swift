import Foundation

/// The small files in which Linux tells of the machine.
package enum LinuxFile {
    /// What a file holds, without the white space around it; nothing where there is none.
    package static func text(_ path: String) -> String {
        // `String(contentsOfFile:)` stops after the first read, of 4 KB at most there.
        let bytes = (try? FileHandle(forReadingAtPath: path)?.readToEnd()) ?? nil
        return String(decoding: bytes ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The words of the line of a file that begins with `name`, without it.
    static func words(_ name: String, of path: String) -> [String]? {
        for line in text(path).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.count > 1, words[0] == name { return Array(words.dropFirst()) }
        }
        return nil
    }

    /// What stands behind `name` and a colon, in the first line that has them.
    package static func value(_ name: String, of path: String) -> String? {
        for line in text(path).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0] == name { return parts[1] }
        }
        return nil
    }

    /// The number behind a name that a line of the file begins with.
    static func number(_ name: String, of path: String) -> Int? {
        words(name, of: path).flatMap { $0.first.flatMap { Int($0) } }
    }

    /// The bytes of a line such as `MemTotal: 16000 kB`.
    package static func kilobytes(_ name: String, of path: String) -> Int? { number(name, of: path).map { $0 * 1024 } }
}
