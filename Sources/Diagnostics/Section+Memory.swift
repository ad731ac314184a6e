import Engine
import Foundation
import Tensors

extension Diagnosis.Section {
    /// What memory there is, and what bounds it.
    static var memory: Self {
        func total(_ name: String) -> Fact.Value {
            LinuxFile.kilobytes(name + ":", of: "/proc/meminfo").map { .bytes($0) } ?? .text("unknown")
        }
        let bound = MemoryBound.nearest()
        let hugePages = LinuxFile.text("/sys/kernel/mm/transparent_hugepage/enabled")
        var advice: [String] = []
        if let bound, bound.bytes < 2_000_000_000 {
            advice.append(
                "Only \(Fact.gigabytes(bound.bytes)) of memory are left by \(bound.owner): most networks need more "
                    + "to train (INPUT.CROP.SIZE, SOLVER.IMS_PER_BATCH and SOLVER.ACCUMULATE lower it).")
        }
        return Self(
            title: "Memory",
            facts: [
                Fact("total", total("MemTotal")), Fact("swap", total("SwapTotal")),
                Fact(
                    "left", bound.map { .bytes($0.bytes) } ?? .text("unknown"),
                    note: bound.map { "bounded by \($0.owner)" }),
                Fact("control group", MemoryBound.controlGroupLimit().map { .bytes($0) } ?? .text("no limit")),
                Fact("address space", MemoryShortage.addressLimit.map { .bytes($0) } ?? .text("no limit")),
                Fact("huge pages", .text(hugePages.isEmpty ? "unknown" : hugePages)),
            ], advice: advice)
    }
}
