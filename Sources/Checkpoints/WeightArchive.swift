import Foundation

/// A file of weights in any format that is read here, told by its content: names, shapes and types at once,
/// values when asked for. The file stays on disk (memory-mapped).
package final class WeightArchive {
    /// How the file is made.
    package enum Format: String, Sendable {
        /// One safetensors file.
        case safetensors
        /// Several, with an index in JSON.
        case shardedSafetensors = "sharded safetensors"
        /// torch.save since 1.6.
        case torch = "PyTorch zip"
        /// torch.save before.
        case legacyTorch = "PyTorch before 1.6"
        /// Arrays or tensors in a plain pickle, as detectron2's model zoo has them.
        case pickle
    }

    /// A tensor's description.
    package struct Entry: Sendable, Equatable {
        /// Name in the file.
        package let name: String
        /// Sizes of the axes.
        package let shape: [Int]
        /// Type of the elements in the file.
        package let type: ElementType
    }

    private enum Source {
        case safetensors(SafetensorsFile)
        case strided(StridedTensor)
    }

    /// The file; of a folder the one that was taken.
    package let path: String
    package let format: Format
    /// What stands before every name in the file and was taken off: "module."; empty where nothing was.
    package let prefix: String
    /// Whether the file asks that names be matched by their ends (detectron2's `matching_heuristics`).
    package let matchesBySuffix: Bool
    private let sources: [String: Source]

    /// Opens a file, or the one that a folder stands for. Throws `CheckpointError`.
    package static func open(path: String) throws(CheckpointError) -> WeightArchive {
        let path = try WeightsFolder.file(at: path)
        let data = try MappedFile.open(path)
        if ZipFile.isZip(data) {
            return try WeightArchive(path, .torch, try TorchZipFile.root(data, path: path), data.count)
        }
        if LegacyTorchFile.isLegacy(data) {
            let budget = PickleBudget(fileSize: data.count)
            let content = try LegacyTorchFile.root(data, path: path, budget: budget)
            return try WeightArchive(path, .legacyTorch, content, data.count)
        }
        if data.count > 8, data[8] == UInt8(ascii: "{"), !looksLikeJSON(data) {
            return try WeightArchive(safetensors: path)
        }
        if looksLikeJSON(data) { return try WeightArchive(index: ShardIndex(data, path: path)) }
        guard data.first == 0x80 || data.first.map("(c}]".utf8.contains) == true else {
            if path.hasSuffix(".safetensors") { return try WeightArchive(safetensors: path) }
            throw .unsupported(
                path: path,
                problem:
                    "it is none of safetensors, a PyTorch file, a detectron2 pickle or an index of shards")
        }
        var machine = PickleMachine(
            ByteCursor(data, path: path), storages: nil, budget: PickleBudget(fileSize: data.count),
            allowsNestedFiles: true)
        let value = try machine.run()
        return try WeightArchive(path, .pickle, PickledContent(value: value, heap: machine.heap), data.count)
    }

    /// An open safetensors file of ours, every name as it stands.
    package init(_ file: SafetensorsFile) {
        (path, format, matchesBySuffix, prefix) = (file.path, .safetensors, false, "")
        sources = file.entries.mapValues { _ in .safetensors(file) }
    }

    private init(_ path: String, _ format: Format, _ sources: [String: Source], matchesBySuffix: Bool = false) {
        let prefix = NamePrefix.wrappers(of: Array(sources.keys))
        (self.path, self.format, self.matchesBySuffix, self.prefix) = (path, format, matchesBySuffix, prefix)
        self.sources = Dictionary(
            uniqueKeysWithValues: sources.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    private convenience init(safetensors path: String) throws(CheckpointError) {
        let file = try SafetensorsFile(path: path)
        self.init(path, .safetensors, file.entries.mapValues { _ in .safetensors(file) })
    }

    private convenience init(index: ShardIndex) throws(CheckpointError) {
        var sources: [String: Source] = [:]
        var files: [String: SafetensorsFile] = [:]
        for (name, place) in index.places {
            let file = if let open = files[place] { open } else { try SafetensorsFile(path: place) }
            files[place] = file
            guard file.entries[name] != nil else { throw .missing(path: place, name: name) }
            sources[name] = .safetensors(file)
        }
        self.init(index.path, .shardedSafetensors, sources)
    }

    private convenience init(
        _ path: String, _ format: Format, _ content: PickledContent, _ fileSize: Int
    ) throws(CheckpointError) {
        let state = try StateDictionary(content, path: path, fileSize: fileSize)
        self.init(
            path, format, state.tensors.mapValues { .strided($0) }, matchesBySuffix: state.matchesBySuffix)
    }

    private static func looksLikeJSON(_ data: Data) -> Bool {
        data.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
            && (data.count < 9 || data[8] != UInt8(ascii: "{") || data[7] != 0)
    }

    /// Compares the bytes with the digests that the file has: safetensors files that this program wrote have one, zip
    /// files have a checksum of each tensor. False where there is none. Throws `CheckpointError`.
    package func verify() throws(CheckpointError) -> Bool {
        var verified: [String: Bool] = [:]
        for (name, source) in sources {
            switch source {
            case .safetensors(let file):
                if verified[file.path] == nil { verified[file.path] = try file.verify() }
            case .strided(let tensor): try tensor.block.verify(path: path, name: name)
            }
        }
        return format == .torch || !verified.isEmpty && verified.values.allSatisfy(\.self)
    }

    /// Names of the tensors, sorted.
    package var names: [String] { sources.keys.sorted() }

    /// A tensor's description, nil where there is none of this name.
    package func entry(named name: String) -> Entry? {
        switch sources[name] {
        case .safetensors(let file):
            file.entries[prefix + name].map { Entry(name: name, shape: $0.shape, type: $0.type) }
        case .strided(let tensor): Entry(name: name, shape: tensor.shape, type: tensor.type)
        case nil: nil
        }
    }

    /// The values of a tensor, last axis fastest, as Float32. Throws `CheckpointError`.
    package func floats(named name: String) throws(CheckpointError) -> [Float] {
        switch sources[name] {
        case .safetensors(let file): try file.floats(named: prefix + name)
        case .strided(let tensor): try tensor.floats(path: path, name: name)
        case nil: throw .missing(path: path, name: name)
        }
    }
}

/// Opens files without reading them.
enum MappedFile {
    static func open(_ path: String) throws(CheckpointError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw .unreadable(path: path, reason: (error as NSError).localizedFailureReason ?? "no such file")
        }
    }
}
