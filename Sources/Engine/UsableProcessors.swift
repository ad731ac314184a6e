import Foundation

/// How many processors this process can keep busy.
package struct UsableProcessors: Equatable, Sendable {
    /// Those that it may run on (`taskset`, a batch system), within what its control groups allow (a container's
    /// `--cpus`), rounded up; at least 1.
    package let count: Int
    /// The cores that these are of, where a core is several of them; at most `count`. A second thread on a core shares
    /// its arithmetic.
    package let cores: Int

    /// From the files of Linux: `root` has `/proc` and `/sys`. Where they say nothing, what Foundation says.
    package init(root: String = "") {
        let listed = LinuxFile.words("Cpus_allowed_list:", of: root + "/proc/self/status")?.first
        let allowed = listed.map(Self.numbers) ?? Array(0..<ProcessInfo.processInfo.activeProcessorCount)
        let siblings = allowed.map { number in
            let list = LinuxFile.text(
                root + "/sys/devices/system/cpu/cpu\(number)/topology/thread_siblings_list")
            return list.isEmpty ? "\(number)" : list
        }
        let share = ControlGroups.folders("cpu", root: root).compactMap(Self.share).min() ?? .infinity
        count = max(1, Int(min(Double(allowed.count), share.rounded(.up))))
        cores = max(1, min(count, Set(siblings).count))
    }

    /// How many processors' time a group may take; nil where it is not bounded.
    private static func share(_ folder: ControlGroups.Folder) -> Double? {
        let words =
            folder.isSecond
            ? LinuxFile.text(folder.path + "/cpu.max").split(separator: " ").map(String.init)
            : ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map { LinuxFile.text(folder.path + "/" + $0) }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
        else { return nil }
        return quota / period
    }

    /// The numbers of a list such as 0-3,8.
    private static func numbers(_ list: String) -> [Int] {
        list.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }
}
