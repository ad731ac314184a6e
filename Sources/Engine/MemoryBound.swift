import Foundation
import Tensors

/// How much memory this process can still have, by the nearest of its bounds.
package struct MemoryBound: Equatable {
    /// Bytes that are left.
    package let bytes: Int
    /// Whose bound it is, as a sentence names it.
    package let owner: String

    /// The nearest bound: what the machine has free, what a control group of the process (versions 1 and 2, those
    /// around it too) allows, or the limit of its address space; nil where none can be read. `root` has `/proc` and
    /// `/sys`.
    package static func nearest(root: String = "", addressLimit: Int? = MemoryShortage.addressLimit) -> MemoryBound? {
        var bounds = controlGroups(root)
        if let free = kilobytes("MemAvailable:", of: root + "/proc/meminfo") {
            bounds.append(MemoryBound(bytes: free, owner: "this machine"))
        }
        if let addressLimit, let used = kilobytes("VmSize:", of: root + "/proc/self/status") {
            bounds.append(MemoryBound(bytes: max(0, addressLimit - used), owner: "the address space (ulimit -v)"))
        }
        return bounds.min { $0.bytes < $1.bytes }
    }

    /// What the groups of the process and those around them have left: `/proc/self/cgroup` says which they are. Within
    /// a container the path may be that of the host, and the mounted root is the group itself.
    private static func controlGroups(_ root: String) -> [MemoryBound] {
        text(root + "/proc/self/cgroup").split(separator: "\n").flatMap { line -> [MemoryBound] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return [] }
            let isSecond = parts[1].isEmpty
            guard isSecond || parts[1].split(separator: ",").contains("memory") else { return [] }
            let mount = root + (isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory")
            let names = isSecond ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
            var folders = parts[2].split(separator: "/")[...]
            var bounds: [MemoryBound] = []
            while true {
                let folder = ([mount] + folders.map(String.init)).joined(separator: "/")
                if let limit = number(folder + "/" + names.0), let used = number(folder + "/" + names.1) {
                    // Cached files are given up for memory.
                    let cached = field("inactive_file", of: folder + "/memory.stat") ?? 0
                    bounds.append(MemoryBound(bytes: max(0, limit - used + cached), owner: "the control group"))
                }
                if folders.isEmpty { return bounds }
                folders.removeLast()
            }
        }
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private static func number(_ path: String) -> Int? {
        Int(text(path).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func field(_ name: String, of path: String) -> Int? {
        for line in text(path).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count > 1, words[0] == name { return Int(words[1]) }
        }
        return nil
    }

    /// The bytes behind a name that a line of the file begins with.
    static func kilobytes(_ name: String, of path: String) -> Int? { field(name, of: path).map { $0 * 1024 } }
}
