import Foundation

/// Whole files as bytes, with errors that name them.
enum FileBytes {
    /// The first `limit` bytes, or all when the file is shorter.
    static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
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
        let wanted = min(limit, Int(status.st_size))
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            count = 0
            while count < wanted, let base = buffer.baseAddress {
                let got = Foundation.read(file, base + count, wanted - count)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 {
                    failed = got < 0
                    return
                }
                count += got
            }
        }
        if failed { throw failure(path, "cannot be read", advice: "check the disk") }
        return bytes
    }

    private static func failure(_ path: String, _ what: String, advice: String) -> ImageError {
        ImageError(path: path, what: what, got: String(cString: strerror(errno)), advice: advice)
    }
}
