import Engine
import Tensors

/// What all networks of the process share: threads and memory.
///
/// Nothing else of the process is touched: no signal, no setting, no environment, no output. Threads start with the
/// first work and sleep between works.
public enum SegmentationRuntime {
    private static let threads: Void = ThreadPool.setThreadCount(UsableProcessors().cores)

    /// Asks once how many threads there shall be.
    package static func prepare() { threads }

    /// How many threads work, that of the caller included: from the start one a core that the process may use. Results
    /// do not depend on it. Numbers below 1 count as 1.
    public static var threadCount: Int {
        get {
            prepare()
            return ThreadPool.threadCount
        }
        set {
            prepare()
            ThreadPool.setThreadCount(max(1, newValue))
        }
    }

    /// Bytes that networks, their inputs and results hold now.
    public static var memoryInUse: Int { StoragePool.statistics.liveBytes }

    /// Gives memory that waits to be used again back to the system.
    public static func releaseMemory() { StoragePool.releaseCache() }

    /// Has `handler` end the process where memory for a network cannot be had, which is no error to be thrown; it gets
    /// the bytes that were asked for. Without a handler the process is aborted.
    public static func onMemoryShortage(_ handler: @escaping @Sendable (_ bytes: Int) -> Never) {
        MemoryShortage.setHandler(handler)
    }
}
