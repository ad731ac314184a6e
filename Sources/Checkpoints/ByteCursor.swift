import Foundation

/// Reads forward through bytes and never past their end.
struct ByteCursor {
    /// For messages.
    let path: String
    private let data: Data
    /// Bytes read so far.
    private(set) var position = 0

    init(_ data: Data, path: String, at position: Int = 0) {
        self.data = data
        self.path = path
        self.position = position
    }

    var remaining: Int { data.count - position }

    mutating func byte() throws(CheckpointError) -> UInt8 {
        guard remaining > 0 else { throw ended(1) }
        defer { position += 1 }
        return data[data.startIndex + position]
    }

    /// The next `count` bytes, without a copy.
    mutating func bytes(_ count: some BinaryInteger) throws(CheckpointError) -> Data {
        guard let count = Int(exactly: count), count >= 0, count <= remaining else { throw ended(count) }
        defer { position += count }
        let start = data.startIndex + position
        return data[start..<start + count]
    }

    /// An unsigned number of 1 to 8 bytes, little-endian.
    mutating func number(bytes count: Int) throws(CheckpointError) -> UInt64 {
        try bytes(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What comes before the next line break, which is passed over.
    mutating func line() throws(CheckpointError) -> Data {
        let start = data.startIndex + position
        guard let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) else { throw ended("a line") }
        position += end - start + 1
        return data[start..<end]
    }

    private func ended(_ wanted: Any) -> CheckpointError {
        .damaged(path: path, problem: "it ends at byte \(data.count), where \(wanted) more were expected")
    }
}
