import Foundation

/// A safetensors file, memory-mapped: names, shapes and types at once, values when asked for.
package struct SafetensorsFile: Sendable {
    package let path: String
    /// The file's own notes (`__metadata__`), without its digest.
    package let metadata: [String: String]
    /// Its tensors by name.
    package let entries: [String: SafetensorsEntry]
    private let data: Data
    /// What the file says that its digest is.
    private let digest: String?
    private let headerEnd: Int

    /// Longest header that is read: 100 MB, the format's own limit.
    private static let longestHeader = 100_000_000

    /// Opens a file and checks its header against its size. Throws `CheckpointError`.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        data = try MappedFile.open(path)
        guard data.count >= 8 else {
            throw .malformed(path: path, problem: "it has only \(data.count) bytes")
        }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Self.longestHeader), Int(length) <= data.count - 8 else {
            throw .malformed(
                path: path, problem: "its header of \(length) bytes does not fit into \(data.count) bytes")
        }
        let start = 8 + Int(length)
        let items: [String: HeaderItem]
        do {
            items = try JSONDecoder().decode([String: HeaderItem].self, from: data[8..<start])
        } catch {
            throw .malformed(path: path, problem: "its header is no JSON table of tensors")
        }
        entries = try HeaderCheck(path: path, start: start, end: data.count).entries(items)
        var notes: [String: String] = [:]
        if case .notes(let found)? = items["__metadata__"] { notes = found }
        // Earlier programs wrote XXH64, which is not computed any more: such a file counts as one without a digest.
        digest = notes.removeValue(forKey: FileDigest.note).flatMap { $0.hasPrefix("xxh64:") ? nil : $0 }
        metadata = notes
        headerEnd = start
    }

    /// Compares all bytes with the file's digest; false where it has none. Throws `CheckpointError.damaged` where they
    /// differ.
    package func verify() throws(CheckpointError) -> Bool {
        guard let digest else {
            guard !metadata.values.contains(where: { $0.hasPrefix(FileDigest.prefix) }) else {
                throw .damaged(path: path, problem: "the name of its digest has changed")
            }
            return false
        }
        guard FileDigest.computed(data, headerEnd: headerEnd, noted: digest) == digest else {
            throw .damaged(path: path, problem: "its bytes do not fit its digest (\(digest))")
        }
        return true
    }

    /// Throws `CheckpointError.damaged`, with the name of the tensor, where a value is not a number or infinite.
    func requireFinite() throws(CheckpointError) {
        for name in names where !(try floats(named: name)).allSatisfy(\.isFinite) {
            throw .damaged(path: path, problem: "tensor \(name) has values that are not finite")
        }
    }

    /// Names of the tensors, sorted.
    package var names: [String] { entries.keys.sorted() }

    /// Shape of a tensor, nil where there is none of this name.
    package func shape(named name: String) -> [Int]? { entries[name]?.shape }

    /// The values of a tensor of numbers, as Float32. Throws `CheckpointError`.
    package func floats(named name: String) throws(CheckpointError) -> [Float] {
        let entry = try entry(named: name)
        return entry.type.floats(data[entry.bytes])
    }

    private func entry(named name: String) throws(CheckpointError) -> SafetensorsEntry {
        guard let entry = entries[name] else { throw .missing(path: path, name: name) }
        return entry
    }
}
