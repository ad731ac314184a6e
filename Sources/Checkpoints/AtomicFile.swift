import Foundation

/// A file that appears whole or not at all: written beside its place, synced, then renamed over it.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    private init(path: String, aside: String) throws(CheckpointError) {
        self.path = path
        KillPoint.before("create", aside)
        descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// Lets `body` write the content. When anything fails, nothing is left aside and what was at `path` stays.
    /// Throws `CheckpointError.unwritable`.
    package static func write(
        to path: String, _ body: (borrowing AtomicFile) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let aside = path + ".partial"
        do {
            let file = try AtomicFile(path: path, aside: aside)
            KillPoint.before("write", aside)
            try body(file)
            KillPoint.before("sync", aside)
            try file.sync()
        } catch {
            unlink(aside)
            throw error
        }
        KillPoint.before("rename to", path)
        guard rename(aside, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(aside)
            throw .unwritable(path: path, reason: reason)
        }
        KillPoint.before("sync the folder of", path)
        syncFolder(of: path)
    }

    /// Writes text whole or not at all. Throws `CheckpointError.unwritable`.
    package static func write(_ text: String, to path: String) throws(CheckpointError) {
        try write(to: path) { file throws(CheckpointError) in try file.append(Array(text.utf8)) }
    }

    /// Makes a folder where it is missing. Throws `CheckpointError.unwritable`.
    package static func makeFolder(_ path: String) throws(CheckpointError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: path, reason: "the folder cannot be made")
        }
    }

    /// Appends bytes.
    package borrowing func append(_ bytes: [UInt8]) throws(CheckpointError) {
        try append(bytes.withUnsafeBytes { Self.writeAll($0, to: descriptor) })
    }

    /// Appends numbers, little-endian.
    package borrowing func append(littleEndian values: [Float]) throws(CheckpointError) {
        #if _endian(little)
            try append(values.withUnsafeBytes { Self.writeAll($0, to: descriptor) })
        #else
            try append(values.map(\.bitPattern.littleEndian).withUnsafeBytes { Self.writeAll($0, to: descriptor) })
        #endif
    }

    private func append(_ failure: Int32?) throws(CheckpointError) {
        if let failure { throw .unwritable(path: path, reason: String(cString: strerror(failure))) }
    }

    private func sync() throws(CheckpointError) {
        guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    }

    /// Writes all bytes; returns the error number where that fails.
    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(written)
        }
        return nil
    }

    /// Makes the rename itself survive a power cut; where folders cannot be synced there is nothing more to do.
    private static func syncFolder(of path: String) {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
