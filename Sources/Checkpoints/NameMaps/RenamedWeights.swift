/// A file of weights under official names.
package struct RenamedWeights {
    package let archive: WeightArchive
    /// The map that was used.
    package let map: NameMap
    /// Whether a name of the file tells that the map is the right one; any name does for the official one.
    private let isRecognized: Bool
    /// What stands before every name in the file, and was taken off.
    package let prefix: String
    /// Names in the file, by official names: one, or those of the parts that are joined along their first axes.
    package let sources: [String: [String]]
    /// Names in the file that have no official name.
    package let dropped: [String]
    /// Official names that only a second name stands for.
    package let aliases: Set<String>

    /// `family`: whose names of `maps` the file has (nil: recognised). Throws `CheckpointError.unsupported` where two
    /// tensors get one name, where parts of a tensor do not fit together, and where no network takes such a file.
    package init(
        _ archive: WeightArchive, maps: [NameMap], family: String? = nil
    ) throws(CheckpointError) {
        let names = archive.names
        self.archive = archive
        let (prefix, isTold): (String, Bool)
        (map, prefix, isTold) = NameMap.recognition(of: names, among: maps, family: family)
        self.prefix = archive.prefix + prefix
        if let refusal = map.refusal { throw .unsupported(path: archive.path, problem: refusal) }
        var parts: [String: [String?]] = [:]
        var aliases: [String: [String]] = [:]
        var dropped: [String] = []
        for name in names {
            guard let official = map.official(String(name.dropFirst(prefix.count))) else {
                dropped.append(name)
                continue
            }
            if official.isAlias {
                aliases[official.name] = [name]
                continue
            }
            let (index, count) = official.part
            var known = parts[official.name] ?? Array(repeating: nil, count: count)
            if known.count == count, known[index] == nil {
                known[index] = name
                parts[official.name] = known
            } else {
                let other = known[min(index, known.count - 1)] ?? known.compactMap(\.self).joined(separator: ", ")
                throw .unsupported(
                    path: archive.path,
                    problem: "\(other) and \(name) both become \(official.name); try another --from")
            }
        }
        var sources: [String: [String]] = [:]
        for (official, names) in parts { sources[official] = try Self.joined(names, official, archive) }
        self.aliases = Set(aliases.keys).subtracting(sources.keys)
        let all = sources.merging(aliases) { first, _ in first }
        self.sources = all
        self.dropped = dropped
        let own = maps.filter { $0.name == family }
        isRecognized =
            isTold || map.name == NameMap.detectron2.name || NameMap.network(of: all.keys, among: own) != nil
    }

    /// The names of all parts of a tensor. Throws `CheckpointError.unsupported` where one is not there, or where only
    /// their first axes may differ and others do.
    private static func joined(
        _ parts: [String?], _ official: String, _ archive: WeightArchive
    ) throws(CheckpointError) -> [String] {
        let names = parts.compactMap(\.self)
        let rows = Set(names.map { archive.entry(named: $0)?.shape.dropFirst() })
        guard names.count == parts.count, parts.count == 1 || rows.count == 1 else {
            throw .unsupported(
                path: archive.path,
                problem: "\(official) is made of \(parts.count) parts, and \(names.joined(separator: ", ")) "
                    + "alone \(names.count == 1 ? "is" : "are") there, or their shapes do not fit")
        }
        return names
    }

    /// Official names, sorted.
    package var names: [String] { sources.keys.sorted() }

    /// Names in the file, by official names; parts with plus signs between them.
    package var originals: [String: String] { sources.mapValues { $0.joined(separator: " + ") } }

    /// Shape of a tensor, nil where there is none of this name.
    package func shape(named name: String) -> [Int]? {
        guard let parts = sources[name]?.compactMap({ archive.entry(named: $0)?.shape }), var shape = parts.first else {
            return nil
        }
        for part in parts.dropFirst() { shape[0] += part[0] }
        return shape
    }

    /// The values of a tensor. Throws `CheckpointError`.
    package func floats(named name: String) throws(CheckpointError) -> [Float] {
        guard let parts = sources[name] else { throw .missing(path: archive.path, name: name) }
        var values: [Float] = []
        for part in parts {
            let more = try archive.floats(named: part)
            if values.isEmpty { values = more } else { values += more }
        }
        return values
    }

    /// For a file that asks for it (`matching_heuristics`): names as `wanted` has them, each from the
    /// longest name of the file that is its end, as detectron2's align_and_update_state_dicts does it.
    package func matched(bySuffix wanted: [String]) -> RenamedWeights {
        var result: [String: [String]] = [:]
        for name in wanted {
            var end = Substring(name)
            while sources[String(end)] == nil, let dot = end.firstIndex(of: ".") {
                end = end[end.index(after: dot)...]
            }
            if let parts = sources[String(end)] { result[name] = parts }
        }
        let used = Set(result.values.joined())
        let unused = sources.values.joined().filter { !used.contains($0) }
        return RenamedWeights(self, sources: result, dropped: (dropped + unused).sorted())
    }

    private init(_ other: RenamedWeights, sources: [String: [String]], dropped: [String]) {
        (archive, map, prefix, isRecognized) = (other.archive, other.map, other.prefix, other.isRecognized)
        (self.sources, self.dropped) = (sources, dropped)
        aliases = []
    }

    /// Throws `CheckpointError.unsupported` where the map was asked for and no name of the file tells it.
    package func requireRecognized() throws(CheckpointError) {
        guard isRecognized else {
            throw .unsupported(
                path: archive.path,
                problem:
                    "its names are not those of \(map.name) (such a file has \(map.signs.joined(separator: " or ")))"
                    + "; leave --from out, and they are recognised")
        }
    }

    /// What to tell of a prefix that was taken off; nil where none was.
    package var noteOnPrefix: String? {
        prefix.isEmpty ? nil : "\(archive.path): all names begin with \(prefix), which is taken off"
    }

    /// What all names in the file begin with, taken off or not; nil where they share nothing.
    package var sharedPrefix: String? {
        prefix.isEmpty ? NamePrefix.shared(by: sources.values.joined() + dropped) : prefix
    }
}
