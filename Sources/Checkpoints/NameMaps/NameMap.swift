import Foundation

/// How the names of a family of checkpoints become the official (detectron2's and PEM's) ones: data, one
/// file a family.
package struct NameMap: Sendable, Equatable {
    /// A step; steps are taken in order.
    enum Rule: Sendable, Equatable {
        /// The tensor is of no use here.
        case drop(prefix: String)
        case dropSuffix(String)
        case replace(String, with: String)
        case replacePrefix(String, with: String)
        case replaceSuffix(String, with: String)
        /// Where the name does not contain `part`.
        case prepend(String, unlessContains: String)
        /// Where the name begins with one of these.
        case prependTo([String], String)
        /// Under `prefix`, where none of these follows.
        case insert(String, after: String, unless: [String])
        /// A second name of a tensor, which counts only where its first is not there.
        case alias(of: String, prefixes: [String])
        /// Tensors whose names have these parts become one, joined along the first axis in this order.
        case join([String], as: String)
    }

    /// What `--from` calls it.
    package let name: String
    /// Which files it is for, in a line.
    package let summary: String
    /// A file with one of these tensors is of this family.
    let signs: [String]
    let rules: [Rule]

    /// The map for a file with these tensors, among `maps` or those of them that are called `family`; the last takes
    /// what no other recognises.
    package static func recognized(by names: [String], among maps: [NameMap], family: String? = nil) -> NameMap {
        recognition(of: names, among: maps, family: family).map
    }

    /// The same, with what stands before every name of the file where the map recognises the names without it.
    static func recognition(
        of names: [String], among maps: [NameMap], family: String?
    ) -> (map: NameMap, prefix: String) {
        let maps = maps.filter { family == nil || $0.name == family }
        var (prefix, rest) = ("", names)
        for _ in 0...NamePrefix.mostParts {
            let known = Set(rest)
            if let map = maps.first(where: { $0.signs.contains(where: known.contains) }) { return (map, prefix) }
            guard let part = NamePrefix.shared(by: rest) else { break }
            prefix += part
            rest = rest.map { String($0.dropFirst(part.count)) }
        }
        return (maps.last ?? .detectron2, "")
    }

    /// The official name, nil for a tensor that is dropped; whether it is only a second name; and which part of a
    /// joined tensor it is.
    func official(_ original: String) -> (name: String, isAlias: Bool, part: Int)? {
        var name = original
        var (isAlias, place) = (false, 0)
        for rule in rules {
            switch rule {
            case .drop(let prefix): if name.hasPrefix(prefix) { return nil }
            case .dropSuffix(let suffix): if name.hasSuffix(suffix) { return nil }
            case .replace(let old, let new): name = name.replacingOccurrences(of: old, with: new)
            case .replacePrefix(let old, let new):
                if name.hasPrefix(old) { name = new + name.dropFirst(old.count) }
            case .replaceSuffix(let old, let new):
                if name.hasSuffix(old) { name = name.dropLast(old.count) + new }
            case .prepend(let prefix, let part): if !name.contains(part) { name = prefix + name }
            case .prependTo(let starts, let prefix):
                if starts.contains(where: name.hasPrefix) { name = prefix + name }
            case .insert(let part, let prefix, let exceptions):
                let rest = name.dropFirst(prefix.count)
                if name.hasPrefix(prefix), !exceptions.contains(where: rest.hasPrefix) {
                    name = prefix + part + rest
                }
            case .alias(let first, let prefixes):
                if let prefix = prefixes.first(where: name.hasPrefix) {
                    name = first + name.dropFirst(prefix.count)
                    isAlias = true
                }
            case .join(let parts, let whole):
                if let index = parts.firstIndex(where: name.contains) {
                    name = name.replacingOccurrences(of: parts[index], with: whole)
                    place = index
                }
            }
        }
        return (name, isAlias, place)
    }
}

/// A file of weights under official names.
package struct RenamedWeights {
    package let archive: WeightArchive
    /// The map that was used.
    package let map: NameMap
    /// What stands before every name in the file, and was taken off.
    package let prefix: String
    /// Names in the file, by official names; of a tensor that the file has in parts, the first part's.
    package let originals: [String: String]
    /// The other parts of such tensors, by official names.
    private let parts: [String: [String]]
    /// Names in the file that have no official name.
    package let dropped: [String]
    /// Official names that only a second name stands for.
    package let aliases: Set<String>

    /// `family`: whose names of `maps` the file has (nil: recognised). Throws `CheckpointError.unsupported` where two
    /// tensors get one name.
    package init(
        _ archive: WeightArchive, maps: [NameMap], family: String? = nil
    ) throws(CheckpointError) {
        let names = archive.names
        self.archive = archive
        let prefix: String
        (map, prefix) = NameMap.recognition(of: names, among: maps, family: family)
        self.prefix = archive.prefix + prefix
        var originals: [String: String] = [:]
        var places: [String: [Int: String]] = [:]
        var aliases: [String: String] = [:]
        var dropped: [String] = []
        for name in names {
            guard let official = map.official(String(name.dropFirst(prefix.count))) else {
                dropped.append(name)
                continue
            }
            if official.isAlias {
                aliases[official.name] = name
            } else if let other = places[official.name, default: [:]].updateValue(name, forKey: official.part) {
                throw .unsupported(
                    path: archive.path,
                    problem: "\(other) and \(name) both become \(official.name); try another --from")
            }
        }
        var parts: [String: [String]] = [:]
        for (name, places) in places {
            let ordered = places.sorted { $0.key < $1.key }.map(\.value)
            originals[name] = ordered[0]
            if ordered.count > 1 { parts[name] = Array(ordered.dropFirst()) }
        }
        self.parts = parts
        self.aliases = Set(aliases.keys).subtracting(originals.keys)
        self.originals = originals.merging(aliases) { first, _ in first }
        self.dropped = dropped
    }

    /// Official names, sorted.
    package var names: [String] { originals.keys.sorted() }

    /// Shape of a tensor, nil where there is none of this name, or parts that cannot be joined.
    package func shape(named name: String) -> [Int]? {
        let shapes = all(name).map { archive.entry(named: $0)?.shape ?? [] }
        guard let first = shapes.first, shapes.count > 1 else { return shapes.first }
        guard shapes.allSatisfy({ !$0.isEmpty && $0.dropFirst() == first.dropFirst() }) else { return nil }
        return [shapes.reduce(0) { $0 + $1[0] }] + first.dropFirst()
    }

    private func all(_ name: String) -> [String] { originals[name].map { [$0] + (parts[name] ?? []) } ?? [] }

    /// The values of a tensor. Throws `CheckpointError`.
    package func floats(named name: String) throws(CheckpointError) -> [Float] {
        let originals = all(name)
        guard !originals.isEmpty else { throw .missing(path: archive.path, name: name) }
        var values: [Float] = []
        for original in originals { values += try archive.floats(named: original) }
        return values
    }

    /// For a file that asks for it (`matching_heuristics`): names as `wanted` has them, each from the
    /// longest name of the file that is its end, as detectron2's align_and_update_state_dicts does it.
    package func matched(bySuffix wanted: [String]) -> RenamedWeights {
        var result: [String: String] = [:]
        for name in wanted {
            var end = Substring(name)
            while originals[String(end)] == nil, let dot = end.firstIndex(of: ".") {
                end = end[end.index(after: dot)...]
            }
            if let original = originals[String(end)] { result[name] = original }
        }
        let used = Set(result.values)
        let unused = originals.values.filter { !used.contains($0) }
        return RenamedWeights(self, originals: result, dropped: (dropped + unused).sorted())
    }

    private init(_ other: RenamedWeights, originals: [String: String], dropped: [String]) {
        (archive, map, prefix) = (other.archive, other.map, other.prefix)
        (self.originals, self.dropped) = (originals, dropped)
        (parts, aliases) = ([:], [])
    }

    /// What to tell of a prefix that was taken off; nil where none was.
    package var noteOnPrefix: String? {
        prefix.isEmpty ? nil : "\(archive.path): all names begin with \(prefix), which is taken off"
    }

    /// What all names in the file begin with, taken off or not; nil where they share nothing.
    package var sharedPrefix: String? {
        prefix.isEmpty ? NamePrefix.shared(by: Array(originals.values) + dropped) : prefix
    }
}
