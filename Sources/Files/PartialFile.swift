import Foundation

/// Names of files that are being written: short, so that any name that a file system takes can be written, and never
/// given twice.
package enum PartialFile {
    private static let prefix = ".pem-"
    private static let suffix = ".partial"
    /// What versions before 27 November 2026 left.
    private static let olderSuffix = ".safetensors" + suffix

    static func newName() -> String {
        prefix + "\(getpid())-" + String(UInt64.random(in: 0 ... .max), radix: 36) + suffix
    }

    /// Removes from a folder what processes that no longer live left half-written. Call it while this process writes
    /// nothing there: a file that carries its number is then of an earlier process.
    package static func removeAbandoned(in folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where isAbandoned(name) { FileSystem.remove(folder + "/" + name) }
    }

    private static func isAbandoned(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return name.hasSuffix(olderSuffix) }
        let number = name.dropFirst(prefix.count).prefix { $0 != "-" }
        guard let process = Int32(number), process > 0 else { return false }
        return process == getpid() || kill(process, 0) != 0 && errno == ESRCH
    }
}
