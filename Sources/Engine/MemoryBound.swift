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

    /// What the groups of the process and those around them have left.
    private static func controlGroups(_ root: String) -> [MemoryBound] {
        ControlGroups.folders("memory", root: root).compactMap { folder in
            let names =
                folder.isSecond
                ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
            guard let limit = Int(ControlGroups.text(folder.path + "/" + names.0)),
                let used = Int(ControlGroups.text(folder.path + "/" + names.1))
            else { return nil }
            // Cached files are given up for memory.
            let cached = number("inactive_file", of: folder.path + "/memory.stat") ?? 0
            return MemoryBound(bytes: max(0, limit - used + cached), owner: "the control group")
        }
    }

    private static func number(_ name: String, of path: String) -> Int? {
        ControlGroups.words(name, of: path).flatMap { $0.first.flatMap { Int($0) } }
    }

    /// The bytes behind a name that a line of the file begins with.
    static func kilobytes(_ name: String, of path: String) -> Int? { number(name, of: path).map { $0 * 1024 } }
}
