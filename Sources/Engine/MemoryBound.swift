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
        if let free = LinuxFile.kilobytes("MemAvailable:", of: root + "/proc/meminfo") {
            bounds.append(MemoryBound(bytes: free, owner: "this machine"))
        }
        if let addressLimit, let used = LinuxFile.kilobytes("VmSize:", of: root + "/proc/self/status") {
            bounds.append(MemoryBound(bytes: max(0, addressLimit - used), owner: "the address space (ulimit -v)"))
        }
        return bounds.min { $0.bytes < $1.bytes }
    }

    /// What the groups of the process and those around them have left.
    private static func controlGroups(_ root: String) -> [MemoryBound] {
        ControlGroups.folders("memory", root: root).compactMap { folder in
            let current = folder.isSecond ? "memory.current" : "memory.usage_in_bytes"
            guard let limit = limit(of: folder), let used = Int(LinuxFile.text(folder.path + "/" + current)) else {
                return nil
            }
            // Cached files are given up for memory.
            let cached = LinuxFile.number("inactive_file", of: folder.path + "/memory.stat") ?? 0
            return MemoryBound(bytes: max(0, limit - used + cached), owner: "the control group")
        }
    }

    /// The bytes that a group may have; nil where it is not bounded. A group of version 1 says so by a number.
    private static func limit(of folder: ControlGroups.Folder) -> Int? {
        let name = folder.isSecond ? "memory.max" : "memory.limit_in_bytes"
        return Int(LinuxFile.text(folder.path + "/" + name)).flatMap { $0 < 1 << 62 ? $0 : nil }
    }

    /// The bytes that the groups of the process, and those around them, allow it and others in them.
    package static func controlGroupLimit(root: String = "") -> Int? {
        ControlGroups.folders("memory", root: root).compactMap(limit).min()
    }
}
