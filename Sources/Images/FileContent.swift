import Annotations

/// The bytes of an image file: all of them, or the first ones, and others as they are asked for.
struct FileContent {
    let path: String
    /// The first bytes.
    let start: [UInt8]
    /// Bytes of the whole file.
    let count: Int

    /// Reads the first `limit` bytes; all where the file is shorter. Throws `InputError`.
    init(_ path: String, limit: Int = .max) throws {
        self.path = path
        (start, count) = try FileBytes.read(path, 0..<limit)
    }

    /// Whether `start` is the whole file.
    var isWhole: Bool { start.count == count }

    /// Any bytes of the file. Throws `InputError`, also where the file has become shorter meanwhile.
    func part(_ range: Range<Int>) throws -> [UInt8] {
        if range.upperBound <= start.count { return Array(start[range]) }
        let bytes = try FileBytes.read(path, range).bytes
        guard bytes.count == range.count else {
            throw InputError(place: path, what: "changed while it was read", advice: "read it when it is whole")
        }
        return bytes
    }
}
