import CMemory
import Glibc
import Synchronization

/// How the process ends where memory cannot be had: as the handler says, else by abort.
package enum MemoryShortage {
    private static let handler = Mutex<(@Sendable (Int) -> Never)?>(nil)

    /// Has `handler` end the process; it gets the bytes that cannot be had.
    package static func setHandler(_ handler: @escaping @Sendable (_ bytes: Int) -> Never) {
        self.handler.withLock { $0 = handler }
        memory_set_handler { bytes, _ in MemoryShortage.handler.withLock { $0 }?(bytes) }
    }

    /// Says what a user of this command can change, such as "lower INPUT.CROP.SIZE".
    package static func advise(_ text: String) { memory_short_advise(text) }

    /// Ends the process: `bytes` for `purpose`, such as "a tensor", cannot be had.
    package static func end(bytes: Int, for purpose: StaticString) -> Never {
        memory_short_note_tensors(StoragePool.statistics.liveBytes)
        purpose.withUTF8Buffer { text in
            text.withMemoryRebound(to: CChar.self) { memory_short(bytes, $0.baseAddress) }
        }
    }

    /// Ends the process unless so many bytes more of address space could be had now.
    package static func require(bytes: Int, for purpose: StaticString) {
        let block = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let block, UInt(bitPattern: block) != UInt.max else { end(bytes: bytes, for: purpose) }
        munmap(block, bytes)
    }

    /// The limit of this process's address space in bytes; nil where there is none.
    package static var addressLimit: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur > UInt(Int.max) ? nil : Int(limit.rlim_cur)
    }
}
