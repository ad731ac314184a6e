import Files
import Foundation

/// A zip file with stored (not compressed) entries, as PyTorch writes it; zip64 included.
/// Format: PKWARE's APPNOTE 6.3.
struct ZipFile {
    /// A file in the zip.
    struct Entry {
        let bytes: Range<Int>
        /// Nil where the writer left it out (zero stands there).
        let checksum: UInt32?
    }

    private let path: String
    private let data: Data
    /// By name.
    private(set) var entries: [String: Entry] = [:]

    /// Entries of any sound checkpoint: storages and some notes.
    private static let mostEntries = 1_000_000

    static func isZip(_ data: Data) -> Bool { data.starts(with: [0x50, 0x4B, 3, 4]) }

    /// Reads the directory and checks it against the file's size. Throws `CheckpointError`.
    init(_ data: Data, path: String) throws(CheckpointError) {
        (self.path, self.data) = (path, data)
        let directory = try directory()
        var cursor = ByteCursor(data, path: path, at: directory.start)
        for _ in 0..<directory.count {
            let record = try CentralRecord(&cursor)
            guard record.method == 0, record.size == record.storedSize else {
                throw .unsupported(
                    path: path,
                    problem: "its entry \(record.name) is compressed; torch.save stores entries as they are")
            }
            let start = try contentStart(record)
            guard start <= directory.start, record.size <= UInt64(directory.start - start) else {
                throw damaged("its entry \(record.name) of \(record.size) bytes goes beyond its directory")
            }
            let entry = Entry(
                bytes: start..<start + Int(record.size),
                checksum: record.checksum == 0 ? nil : record.checksum)
            guard entries.updateValue(entry, forKey: record.name) == nil else {
                throw damaged("it has two entries \(record.name)")
            }
        }
    }

    /// An entry's bytes, without a copy and unchecked.
    func bytes(_ entry: Entry) -> Data {
        data[data.startIndex + entry.bytes.lowerBound..<data.startIndex + entry.bytes.upperBound]
    }

    /// An entry's bytes, their checksum compared. Throws `CheckpointError`.
    func checkedBytes(_ name: String) throws(CheckpointError) -> Data {
        guard let entry = entries[name] else { throw damaged("it has no entry \(name)") }
        let bytes = bytes(entry)
        if let checksum = entry.checksum, Checksum.crc32(bytes) != checksum {
            throw damaged("the checksum of its entry \(name) is wrong")
        }
        return bytes
    }

    private func damaged(_ problem: String) -> CheckpointError { .damaged(path: path, problem: problem) }

    /// Where the directory starts, and how many entries it has.
    private func directory() throws(CheckpointError) -> (start: Int, count: Int) {
        let earliest = max(0, data.count - 22 - 65_535)
        var end = data.count - 22
        while end >= earliest, !data[(data.startIndex + end)...].starts(with: [0x50, 0x4B, 5, 6]) { end -= 1 }
        guard end >= earliest else { throw damaged("it has no zip directory, so its end is missing") }
        var cursor = ByteCursor(data, path: path, at: end + 10)
        var count = try cursor.number(bytes: 2)
        var size = try cursor.number(bytes: 4)
        var start = try cursor.number(bytes: 4)
        if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
            (count, size, start) = try directory64(before: end)
        }
        guard start <= UInt64(end), size <= UInt64(end) - start, count <= UInt64(Self.mostEntries),
            count <= size / 46
        else {
            throw damaged("its zip directory does not fit into it")
        }
        return (Int(start), Int(count))
    }

    private func directory64(before end: Int) throws(CheckpointError) -> (UInt64, UInt64, UInt64) {
        guard end >= 20 else { throw damaged("its zip64 directory is missing") }
        var locator = ByteCursor(data, path: path, at: end - 20)
        let signature = try locator.number(bytes: 4)
        _ = try locator.bytes(4)
        let place = try locator.number(bytes: 8)
        guard signature == 0x0706_4B50, place <= UInt64(end) else {
            throw damaged("its zip64 directory is missing")
        }
        var cursor = ByteCursor(data, path: path, at: Int(place))
        guard try cursor.number(bytes: 4) == 0x0606_4B50 else {
            throw damaged("its zip64 directory is missing")
        }
        _ = try cursor.bytes(28)
        let count = try cursor.number(bytes: 8)
        let size = try cursor.number(bytes: 8)
        return (count, size, try cursor.number(bytes: 8))
    }

    /// The local header before an entry repeats its name; its other fields may be empty.
    private func contentStart(_ record: CentralRecord) throws(CheckpointError) -> Int {
        guard record.place <= UInt64(data.count) else {
            throw damaged("its entry \(record.name) lies outside it")
        }
        var cursor = ByteCursor(data, path: path, at: Int(record.place))
        guard try cursor.number(bytes: 4) == 0x0403_4B50 else {
            throw damaged("its entry \(record.name) has no header")
        }
        _ = try cursor.bytes(22)
        let nameLength = try cursor.number(bytes: 2)
        let extraLength = try cursor.number(bytes: 2)
        guard String(decoding: try cursor.bytes(nameLength), as: UTF8.self) == record.name else {
            throw damaged("its entry \(record.name) has another name in its header")
        }
        _ = try cursor.bytes(extraLength)
        return cursor.position
    }
}

/// An entry as the directory lists it.
private struct CentralRecord {
    let name: String
    let method: UInt64
    let checksum: UInt32
    private(set) var storedSize, size, place: UInt64

    init(_ cursor: inout ByteCursor) throws(CheckpointError) {
        guard try cursor.number(bytes: 4) == 0x0201_4B50 else {
            throw .damaged(path: cursor.path, problem: "its zip directory is broken")
        }
        _ = try cursor.bytes(6)
        method = try cursor.number(bytes: 2)
        _ = try cursor.bytes(4)
        checksum = UInt32(try cursor.number(bytes: 4))
        storedSize = try cursor.number(bytes: 4)
        size = try cursor.number(bytes: 4)
        let nameLength = try cursor.number(bytes: 2)
        let extraLength = try cursor.number(bytes: 2)
        let commentLength = try cursor.number(bytes: 2)
        _ = try cursor.bytes(8)
        place = try cursor.number(bytes: 4)
        name = String(decoding: try cursor.bytes(nameLength), as: UTF8.self)
        try widen(ByteCursor(try cursor.bytes(extraLength), path: cursor.path))
        _ = try cursor.bytes(commentLength)
    }

    /// Takes what did not fit into 32 bits from the zip64 field.
    private mutating func widen(_ extra: ByteCursor) throws(CheckpointError) {
        var extra = extra
        while extra.remaining >= 4 {
            let kind = try extra.number(bytes: 2)
            var field = ByteCursor(try extra.bytes(try extra.number(bytes: 2)), path: extra.path)
            guard kind == 1 else { continue }
            if size == 0xFFFF_FFFF { size = try field.number(bytes: 8) }
            if storedSize == 0xFFFF_FFFF { storedSize = try field.number(bytes: 8) }
            if place == 0xFFFF_FFFF { place = try field.number(bytes: 8) }
        }
    }
}
