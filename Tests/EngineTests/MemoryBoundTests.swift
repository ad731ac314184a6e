import Engine
import Foundation
import Testing

/// The nearest bound of memory, from the files of Linux.
struct MemoryBoundTests {
    private static let machine = ["/proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:    5000 kB\n"]

    @Test func theMachineAlone() throws {
        try withRoot(Self.machine) {
            let bound = MemoryBound.nearest(root: $0, addressLimit: nil)
            #expect(bound?.bytes == 5000 * 1024 && bound?.owner == "this machine")
        }
    }

    /// A group without a limit of its own stands in one that has it; cached files count as free.
    @Test func aControlGroupOfTheSecondVersion() throws {
        var files = Self.machine
        files["/proc/self/cgroup"] = "0::/job/step\n"
        files["/sys/fs/cgroup/job/step/memory.max"] = "max\n"
        files["/sys/fs/cgroup/job/step/memory.current"] = "10\n"
        files["/sys/fs/cgroup/job/memory.max"] = "2000000\n"
        files["/sys/fs/cgroup/job/memory.current"] = "1500000\n"
        files["/sys/fs/cgroup/job/memory.stat"] = "anon 1400000\nfile 100000\ninactive_file 100000\n"
        try withRoot(files) {
            let bound = MemoryBound.nearest(root: $0, addressLimit: nil)
            #expect(bound?.bytes == 600_000 && bound?.owner == "the control group")
        }
    }

    @Test func aControlGroupOfTheFirstVersion() throws {
        var files = Self.machine
        files["/proc/self/cgroup"] = "5:cpu,cpuacct:/other\n4:memory:/job\n0::/\n"
        files["/sys/fs/cgroup/memory/job/memory.limit_in_bytes"] = "3000000\n"
        files["/sys/fs/cgroup/memory/job/memory.usage_in_bytes"] = "1000000\n"
        files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n"
        files["/sys/fs/cgroup/memory/memory.usage_in_bytes"] = "1000000\n"
        try withRoot(files) { #expect(MemoryBound.nearest(root: $0, addressLimit: nil)?.bytes == 2_000_000) }
    }

    @Test func theAddressSpace() throws {
        var files = Self.machine
        files["/proc/self/status"] = "Name: pem\nVmSize:    1000 kB\n"
        try withRoot(files) {
            let bound = MemoryBound.nearest(root: $0, addressLimit: 1_500_000)
            #expect(bound?.bytes == 1_500_000 - 1000 * 1024)
            #expect(bound?.owner == "the address space (ulimit -v)")
        }
    }
}
