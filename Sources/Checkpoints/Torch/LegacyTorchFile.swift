import Foundation

/// PyTorch's format before 1.6: pickles of a magic number, a version, the system's sizes, the object and the
/// keys of its storages; then each storage, its number of elements before it.
enum LegacyTorchFile {
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// Whether a file begins with the magic number, pickled by protocol 2 or later (from 4 on in a frame).
    static func isLegacy(_ data: Data) -> Bool {
        guard data.first == 0x80 else { return false }
        return [2, 11].contains { data.dropFirst($0).starts(with: [0x8A, 10] + magic) }
    }

    /// Throws `CheckpointError`.
    static func root(_ data: Data, path: String, budget: PickleBudget) throws(CheckpointError)
        -> PickledContent
    {
        let storages = LegacyStorages(path: path)
        var machine = PickleMachine(ByteCursor(data, path: path), storages: storages, budget: budget)
        guard case .wideInteger(let number) = try machine.run(), number.elementsEqual(magic),
            try machine.run().integer == 1001
        else { throw .damaged(path: path, problem: "it does not begin as torch.save's old format does") }
        let system = try machine.run()
        if case .boolean(false)? = machine.heap.dictionary(system)?["little_endian"] {
            throw .unsupported(
                path: path, problem: "it was written on a big-endian machine in the old format")
        }
        let value = try machine.run()
        let list = try machine.run()
        guard let keys = machine.heap.items(list) else {
            throw .damaged(path: path, problem: "the list of its storages is missing")
        }
        for key in keys {
            guard let name = key.text, let size = storages.sizes[name], let block = storages.blocks[name]
            else {
                throw .damaged(path: path, problem: "it lists a storage that nothing refers to")
            }
            let count = try machine.cursor.number(bytes: 8)
            guard
                [1, 2, 4, 8].contains(where: {
                    count.multipliedReportingOverflow(by: $0) == (UInt64(size), false)
                })
            else {
                throw .damaged(
                    path: path, problem: "storage \(name) has \(count) elements, expected \(size) bytes")
            }
            block.fill(try machine.cursor.bytes(size))
            storages.sizes[name] = nil
        }
        guard storages.sizes.isEmpty else {
            throw .damaged(path: path, problem: "\(storages.sizes.count) storages are missing")
        }
        return PickledContent(value: value, heap: machine.heap)
    }
}

/// Storages are named before they come: each must have what was promised.
private final class LegacyStorages: StorageSource {
    private let path: String
    var blocks: [String: StorageBlock] = [:]
    /// Bytes of those that have not come yet.
    var sizes: [String: Int] = [:]

    init(path: String) { self.path = path }

    func storage(key: String, byteCount: Int) throws(CheckpointError) -> StorageBlock {
        if let block = blocks[key] {
            guard sizes[key] == byteCount else {
                throw .damaged(path: path, problem: "storage \(key.prefix(40)) has two sizes")
            }
            return block
        }
        let block = StorageBlock(Data())
        blocks[key] = block
        sizes[key] = byteCount
        return block
    }
}
