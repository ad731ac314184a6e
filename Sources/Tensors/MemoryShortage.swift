import Glibc
import Synchronization

/// How the process ends where memory cannot be had: with status 1 and one line that names the request.
package enum MemoryShortage {
    private static let advice = Mutex("")

    /// Says what a user of this command can change, such as "lower INPUT.CROP.SIZE".
    package static func advise(_ text: String) { advice.withLock { $0 = text } }

    /// Ends the process: `bytes` for `purpose`, such as "a tensor", cannot be had.
    package static func end(bytes: Int, for purpose: String) -> Never {
        let held = StoragePool.statistics.liveBytes
        var line = "error: memory is short: \(megabytes(bytes)) for \(purpose) cannot be had"
        if held > 0 { line += " (tensors hold \(megabytes(held)) already)" }
        if let limit = addressLimit { line += "; the address space is limited to \(megabytes(limit)) (ulimit -v)" }
        let advice = advice.withLock { $0 }
        if !advice.isEmpty { line += "; " + advice }
        // A progress line may stand on the terminal.
        var bytes = Array(((isatty(STDERR_FILENO) == 1 ? "\n" : "") + line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            if written <= 0 { break }
            bytes = bytes.dropFirst(written)
        }
        // Other threads go on meanwhile: nothing of the process may be taken apart under them.
        _exit(1)
    }

    /// The limit of this process's address space in bytes; nil where there is none.
    package static var addressLimit: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur > UInt(Int.max) ? nil : Int(limit.rlim_cur)
    }

    /// Ends the process unless so many bytes more of address space could be had now.
    package static func require(bytes: Int, for purpose: String) {
        let block = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let block, UInt(bitPattern: block) != UInt.max else { end(bytes: bytes, for: purpose) }
        munmap(block, bytes)
    }

    private static func megabytes(_ bytes: Int) -> String {
        bytes < 10_000_000 ? "\((bytes + 999) / 1000) kB" : "\((bytes + 999_999) / 1_000_000) MB"
    }
}
