import Engine
import Foundation

extension Diagnosis.Section {
    /// The operating system, and the libraries that are linked or loaded.
    static var system: Self {
        let release = LinuxFile.text("/etc/os-release").split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        let name = release.map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) } ?? "unknown"
        return Self(
            title: "System",
            facts: [
                Fact("name", .text(name)), Fact("kernel", .text(LinuxFile.text("/proc/sys/kernel/osrelease"))),
                Fact("C library", .text(libraryOfC)),
                Fact("libraries", .list(libraries)),
            ])
    }

    private static var libraryOfC: String {
        var name = [UInt8](repeating: 0, count: 64)
        let count = name.withUnsafeMutableBytes { bytes in
            confstr(Int32(_CS_GNU_LIBC_VERSION), bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
        }
        return String(decoding: name.prefix(max(0, min(count, name.count) - 1)), as: UTF8.self)
    }

    /// The names of their files tell the versions.
    private static var libraries: [String] {
        let names = ["libopenblas", "libpng", "libjpeg", "libtiff", "libz."]
        let paths = LinuxFile.text("/proc/self/maps").split(separator: "\n").compactMap { line in
            line.firstIndex(of: "/").map { (String(line[$0...]) as NSString).lastPathComponent }
        }
        return Set(paths.filter { path in names.contains(where: path.hasPrefix) }).sorted()
    }
}
