import Annotations
import Foundation

/// Whole files as bytes, with errors that name them.
enum FileBytes {
    /// The bytes in `range`, as far as the file goes, and how many it has. Throws `InputError`.
    static func read(_ path: String, _ range: Range<Int> = 0..<Int.max) throws -> (bytes: [UInt8], fileCount: Int) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw failure(path, "cannot be opened", advice: "check the path and its permissions")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw failure(path, "cannot be read", advice: "check the file system")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw InputError(place: path, what: "is not a file", advice: "name an image file")
        }
        let wanted = range.clamped(to: 0..<Int(status.st_size))
        // Headers alone: what lies behind them is not to be read ahead.
        if wanted.upperBound < Int(status.st_size) { posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM) }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted.count) { buffer, count in
            count = 0
            while count < wanted.count, let base = buffer.baseAddress {
                let got = pread(file, base + count, wanted.count - count, off_t(wanted.lowerBound + count))
                if got < 0 && errno == EINTR { continue }
                if got <= 0 {
                    failed = got < 0
                    return
                }
                count += got
            }
        }
        if failed { throw failure(path, "cannot be read", advice: "check the disk") }
        return (bytes, Int(status.st_size))
    }

    private static func failure(_ path: String, _ what: String, advice: String) -> InputError {
        InputError(place: path, what: what, got: String(cString: strerror(errno)), advice: advice)
    }
}
