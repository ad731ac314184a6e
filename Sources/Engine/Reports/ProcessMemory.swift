import Foundation

/// The memory of this process.
package enum ProcessMemory {
    /// The largest resident size so far or since `resetPeak`, in bytes; 0 where the system does not say.
    package static var peakBytes: Int { LinuxFile.kilobytes("VmHWM:", of: "/proc/self/status") ?? 0 }

    /// Starts a new measurement of the peak, where the system can (Linux).
    package static func resetPeak() {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }
}
