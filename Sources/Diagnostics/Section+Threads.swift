import Engine
import Foundation
import Tensors

extension Diagnosis.Section {
    /// How many threads run, on what.
    static var threads: Self {
        let usable = UsableProcessors()
        let online = ProcessInfo.processInfo.processorCount
        let load = LinuxFile.text("/proc/loadavg").split(separator: " ").first.map(String.init) ?? "unknown"
        var advice: [String] = []
        if let busy = Double(load), busy > Double(usable.count) + 0.5 {
            advice.append(
                "Other programs keep the processors busy (load \(load)): speeds are lower than they could be.")
        }
        return Self(
            title: "Threads",
            facts: [
                Fact("used", .count(ThreadPool.threadCount), note: "one a core where --threads does not say"),
                Fact("cores", .count(usable.cores)),
                Fact(
                    "processors", .count(usable.count),
                    note: usable.count < online ? "of \(online): the control group or the affinity allows no more" : nil
                ),
                Fact("load", .text(load)),
            ], advice: advice)
    }
}
