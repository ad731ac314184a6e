/// The files of Linux's control groups (versions 1 and 2).
enum ControlGroups {
    /// A folder of a group.
    struct Folder {
        let path: String
        /// Whether its files are those of version 2.
        let isSecond: Bool
    }

    /// The folders of the groups of this process that have `controller`, each followed by those around it:
    /// `/proc/self/cgroup` says which they are. Within a container the path may be that of the host, and the mounted
    /// root is the group itself. `root` has `/proc` and `/sys`.
    static func folders(_ controller: String, root: String) -> [Folder] {
        LinuxFile.text(root + "/proc/self/cgroup").split(separator: "\n").flatMap { line -> [Folder] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return [] }
            let isSecond = parts[1].isEmpty
            guard isSecond || parts[1].split(separator: ",").contains(Substring(controller)) else { return [] }
            let mount = root + (isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + controller)
            let names = parts[2].split(separator: "/").map(String.init)
            return (0...names.count).reversed().map { count in
                Folder(path: ([mount] + names.prefix(count)).joined(separator: "/"), isSecond: isSecond)
            }
        }
    }
}
