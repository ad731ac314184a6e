import Foundation

/// A file that appears whole or not at all: written beside its place under a short name of its own, synced, then
/// renamed over it.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let aside: String
    private let descriptor: Int32
    /// Nil where nobody asks for it.
    private let digest: ContentDigest.Sum?

    private init(path: String, aside: String, isDigested: Bool) throws(FileError) {
        var opened: Int32 = -1
        let failure = FileSystem.make(.create(aside)) {
            opened = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            return Int(opened)
        }
        if let failure { throw .unwritable(path: path, code: failure) }
        self.path = path
        self.aside = aside
        descriptor = opened
        digest = isDigested ? ContentDigest.Sum() : nil
    }

    deinit { close(descriptor) }

    /// Lets `body` write the content. When anything fails, nothing is left aside and what was at `path` stays. With a
    /// `list` only a file that it knows is replaced, and the new one is noted there. Throws `FileError`.
    package static func write(
        to path: String, listed list: FileList? = nil, _ body: (borrowing AtomicFile) throws(FileError) -> Void
    ) throws(FileError) {
        try FileSystem.requireReplaceable(path)
        try list?.require(paths: [path])
        let folder = FileSystem.folder(of: path)
        let aside = folder + "/" + PartialFile.newName()
        do {
            let file = try AtomicFile(path: path, aside: aside, isDigested: list != nil)
            try body(file)
            try file.sync()
            // Noted before the rename: whatever ends the program between the two, the file is known.
            if let list, let digest = file.digest?.value { try list.add(path, digest) }
        } catch {
            FileSystem.remove(aside)
            throw error
        }
        if let failure = FileSystem.make(.rename(aside, to: path), { Int(rename(aside, path)) }) {
            FileSystem.remove(aside)
            throw .unwritable(path: path, code: failure)
        }
        FileSystem.syncFolder(folder)
    }

    /// Writes text whole or not at all. Throws `FileError`.
    package static func write(_ text: String, to path: String, listed list: FileList? = nil) throws(FileError) {
        try write(to: path, listed: list) { file throws(FileError) in try file.append(Array(text.utf8)) }
    }

    /// Appends bytes. Throws `FileError.unwritable`.
    package borrowing func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try check(add(bytes)) }

    /// Appends bytes. Throws `FileError.unwritable`.
    package borrowing func append(_ bytes: [UInt8]) throws(FileError) {
        try check(bytes.withUnsafeBytes { add($0) })
    }

    /// Appends numbers, little-endian. Throws `FileError.unwritable`.
    package borrowing func append(littleEndian values: [Float]) throws(FileError) {
        try check(values.withLittleEndianBytes { add($0) })
    }

    private borrowing func add(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        digest?.add(bytes)
        return FileSystem.append(bytes, to: aside, descriptor)
    }

    private borrowing func sync() throws(FileError) {
        let descriptor = descriptor
        try check(FileSystem.make(.sync(aside)) { Int(fsync(descriptor)) })
    }

    private borrowing func check(_ failure: Int32?) throws(FileError) {
        if let failure { throw .unwritable(path: path, code: failure) }
    }
}
