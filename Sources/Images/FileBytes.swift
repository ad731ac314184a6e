import Foundation

/// Whole files as bytes, with errors that name them.
enum FileBytes {
    /// The bytes in `range`, as far as the file goes, and how many it has. Throws `ImageError`.
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
            throw ImageError(path: path, what: "is not a file", advice: "name an image file")
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

    /// Writes aside and renames, so that `path` always holds the old content or the new.
    static func write(_ bytes: UnsafeBufferPointer<UInt8>, to path: String) throws {
        let aside = "\(path).partial-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        let file = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            throw failure(
                path, "cannot be written", advice: "check that the folder exists and may be written to")
        }
        let advice = "free some space or name another folder"
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = Foundation.write(file, base + written, bytes.count - written)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error = failure(path, "cannot be written", advice: advice)
                close(file)
                unlink(aside)
                throw error
            }
            written += count
        }
        guard close(file) == 0, rename(aside, path) == 0 else {
            let error = failure(path, "cannot be written", advice: advice)
            unlink(aside)
            throw error
        }
    }

    private static func failure(_ path: String, _ what: String, advice: String) -> ImageError {
        ImageError(path: path, what: what, got: String(cString: strerror(errno)), advice: advice)
    }
}
