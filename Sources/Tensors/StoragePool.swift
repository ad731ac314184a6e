// Fresh pages cost more than the work done on them, so freed buffers are kept by size class and handed out
// again.
import CMemory
import Glibc
import Synchronization

/// How many bytes the tensors of this process hold, and held at most.
package struct StorageStatistics: Sendable {
    /// Bytes in buffers that tensors own now.
    package var liveBytes = 0
    /// The largest value of `liveBytes` since the start or the last reset.
    package var peakBytes = 0
    /// Bytes in freed buffers that wait to be used again.
    package var cachedBytes = 0

    fileprivate mutating func addLive(_ bytes: Int) {
        liveBytes += bytes
        peakBytes = max(peakBytes, liveBytes)
    }
}

/// Keeps freed buffers by size class. Buffers of 2 MB and more are aligned to 2 MB and ask for huge pages.
package enum StoragePool {
    private struct State {
        var free: [Int: [UInt]] = [:]
        var statistics = StorageStatistics()

        /// The smallest class with a free buffer that holds `wanted` bytes without wasting more than half of
        /// them.
        func fitting(_ wanted: Int) -> Int? {
            if free[wanted]?.isEmpty == false { return wanted }
            return free.lazy
                .filter { $0.key > wanted && $0.key <= wanted / 2 * 3 && !$0.value.isEmpty }
                .map(\.key).min()
        }
    }

    private static let state = Mutex(State())
    private static let hugePage = 2 << 20

    /// What the pool holds now.
    package static var statistics: StorageStatistics { state.withLock { $0.statistics } }

    /// Starts a new measurement of the peak.
    package static func resetPeak() {
        state.withLock { $0.statistics.peakBytes = $0.statistics.liveBytes }
    }

    /// Gives every buffer that waits to be used again back to the system. Only a measurement of memory
    /// needs it.
    package static func releaseCache() { trimCache { _ in 0 } }

    /// The class a request falls into: multiples of 1/8 of the power of two below it, so at most 12.5 % is
    /// unused.
    static func capacity(forBytes bytes: Int) -> Int {
        let least = max(bytes, 256)
        let octave = Int.bitWidth - 1 - least.leadingZeroBitCount
        let step = max(64, least >= hugePage ? max(hugePage, 1 << (octave - 3)) : 1 << (octave - 3))
        return (least + step - 1) / step * step
    }

    /// A buffer of at least `bytes` bytes, and its capacity: a free one of the class or of one up to half as
    /// large again, or else a new one.
    static func take(bytes: Int) -> (pointer: UnsafeMutableRawPointer, capacity: Int) {
        let wanted = capacity(forBytes: bytes)
        let reused: (address: UInt, capacity: Int)? = state.withLock { state in
            guard let capacity = state.fitting(wanted), let address = state.free[capacity]?.popLast() else {
                state.statistics.addLive(wanted)
                return nil
            }
            state.statistics.addLive(capacity)
            state.statistics.cachedBytes -= capacity
            return (address, capacity)
        }
        if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused.address) {
            return (pointer, reused.capacity)
        }
        // Image sizes that follow each other must not pile up.
        trimCache { $0.peakBytes / 2 * 3 }
        return (allocate(wanted), wanted)
    }

    static func give(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        let address = UInt(bitPattern: pointer)
        state.withLock { state in
            state.free[capacity, default: []].append(address)
            state.statistics.liveBytes -= capacity
            state.statistics.cachedBytes += capacity
        }
    }

    /// A new buffer. Where none can be had, what is cached is given back to the system first; then the process ends.
    private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
        let make = capacity >= hugePage ? map : { memory_aligned(64, $0) }
        if let pointer = make(capacity) { return pointer }
        releaseCache()
        if let pointer = make(capacity) { return pointer }
        state.withLock { $0.statistics.liveBytes -= capacity }
        MemoryShortage.end(bytes: capacity, for: "a tensor")
    }

    /// Whole huge pages of the system's own, so that giving them back is certain to take effect.
    private static func map(_ capacity: Int) -> UnsafeMutableRawPointer? {
        let length = capacity + hugePage
        let block = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let block, UInt(bitPattern: block) != UInt.max else { return nil }
        let before = (hugePage - Int(bitPattern: block) % hugePage) % hugePage
        let pointer = block + before
        if before > 0 { munmap(block, before) }
        munmap(pointer + capacity, hugePage - before)
        madvise(pointer, capacity, MADV_HUGEPAGE)
        return pointer
    }

    private static func release(_ address: UInt, capacity: Int) {
        let pointer = UnsafeMutableRawPointer(bitPattern: address)
        if capacity >= hugePage { munmap(pointer, capacity) } else { free(pointer) }
    }

    /// Gives cached buffers back to the system, largest first, while live and cached bytes exceed what is
    /// allowed.
    private static func trimCache(_ allowance: (StorageStatistics) -> Int) {
        let surplus: [(address: UInt, capacity: Int)] = state.withLock { state in
            var buffers: [(address: UInt, capacity: Int)] = []
            let allowed = allowance(state.statistics)
            for capacity in state.free.keys.sorted(by: >) {
                while state.statistics.liveBytes + state.statistics.cachedBytes > allowed,
                    let address = state.free[capacity]?.popLast()
                {
                    buffers.append((address, capacity))
                    state.statistics.cachedBytes -= capacity
                }
            }
            return buffers
        }
        for buffer in surplus { release(buffer.address, capacity: buffer.capacity) }
    }
}
