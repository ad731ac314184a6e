import Engine
import Foundation
import Testing

/// How many threads are of use, from the files of Linux.
struct UsableProcessorsTests {
    /// Eight processors on four cores: 0 and 4, 1 and 5, ….
    private static func machine(_ allowed: String) -> [String: String] {
        var files = ["/proc/self/status": "Name:\tpem\nCpus_allowed:\tff\nCpus_allowed_list:\t\(allowed)\n"]
        for number in 0..<8 {
            files["/sys/devices/system/cpu/cpu\(number)/topology/thread_siblings_list"] =
                "\(number % 4),\(number % 4 + 4)\n"
        }
        return files
    }

    private func expect(_ files: [String: String], count: Int, cores: Int) throws {
        try withRoot(files) {
            let processors = UsableProcessors(root: $0)
            #expect(processors.count == count && processors.cores == cores)
        }
    }

    @Test(arguments: [("0-7", 8, 4), ("0-1,4", 3, 2), ("0,4", 2, 1), ("2,3,5-6", 4, 3)])
    func thoseThatTheProcessMayRunOn(allowed: String, count: Int, cores: Int) throws {
        try expect(Self.machine(allowed), count: count, cores: cores)
    }

    /// A group without a bound stands in one that has it; a part of a processor counts.
    @Test(arguments: [("250000", 3, 3), ("600000", 6, 4), ("50000", 1, 1), ("max", 8, 4)])
    func aControlGroupOfTheSecondVersion(quota: String, count: Int, cores: Int) throws {
        var files = Self.machine("0-7")
        files["/proc/self/cgroup"] = "0::/job/step\n"
        files["/sys/fs/cgroup/job/step/cpu.max"] = "max 100000\n"
        files["/sys/fs/cgroup/job/cpu.max"] = "\(quota) 100000\n"
        try expect(files, count: count, cores: cores)
    }

    @Test(arguments: [("150000", 2), ("-1", 8)])
    func aControlGroupOfTheFirstVersion(quota: String, count: Int) throws {
        var files = Self.machine("0-7")
        files["/proc/self/cgroup"] = "5:cpu,cpuacct:/job\n0::/\n"
        files["/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us"] = quota + "\n"
        files["/sys/fs/cgroup/cpu/job/cpu.cfs_period_us"] = "100000\n"
        try expect(files, count: count, cores: min(count, 4))
    }

    @Test func nothingToRead() throws {
        try withRoot([:]) {
            let processors = UsableProcessors(root: $0)
            #expect(processors.count == ProcessInfo.processInfo.activeProcessorCount)
            #expect(processors.cores == processors.count)
        }
    }
}
