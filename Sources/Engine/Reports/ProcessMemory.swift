import Foundation

/// The memory of this process.
package enum ProcessMemory {
    /// The largest resident size so far, in bytes.
    package static var peakBytes: Int {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_maxrss * 1024
    }
}
