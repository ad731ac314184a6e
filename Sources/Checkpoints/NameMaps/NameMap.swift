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
    }

    /// What `--from` calls it.
    package let name: String
    /// Which files it is for, in a line.
    package let summary: String
    /// A file with one of these tensors is of this family.
    let signs: [String]
    let rules: [Rule]
    /// Why a file of this kind is not read, nil where it is.
    private(set) var refusal: String?

    /// The map for a file with these tensors, among `maps` or those of them that are called `family`; the last takes
    /// what no other recognises.
    package static func recognized(by names: [String], among maps: [NameMap], family: String? = nil) -> NameMap {
        let names = Set(names)
        let maps = maps.filter { family == nil || $0.name == family }
        return maps.first { $0.signs.contains(where: names.contains) } ?? maps.last ?? .detectron2
    }

    /// The official name, nil for a tensor that is dropped; and whether it is only a second name.
    func official(_ original: String) -> (name: String, isAlias: Bool)? {
        var name = original
        var isAlias = false
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
            }
        }
        return (name, isAlias)
    }
}

/// A file of weights under official names.
package struct RenamedWeights {
    package let archive: WeightArchive
    /// The map that was used.
    package let map: NameMap
    /// Names in the file, by official names.
    package let originals: [String: String]
    /// Names in the file that have no official name.
    package let dropped: [String]
    /// Official names that only a second name stands for.
    package let aliases: Set<String>

    /// `family`: whose names of `maps` the file has (nil: recognised). Throws `CheckpointError.unsupported` where two
    /// tensors get one name, and for a kind of file that is not read here.
    package init(
        _ archive: WeightArchive, maps: [NameMap], family: String? = nil
    ) throws(CheckpointError) {
        let names = archive.names
        self.archive = archive
        map = .recognized(by: names, among: maps, family: family)
        if let refusal = map.refusal { throw .unsupported(path: archive.path, problem: refusal) }
        var originals: [String: String] = [:]
        var aliases: [String: String] = [:]
        var dropped: [String] = []
        for name in names {
            guard let official = map.official(name) else {
                dropped.append(name)
                continue
            }
            if official.isAlias {
                aliases[official.name] = name
            } else if let other = originals.updateValue(name, forKey: official.name) {
                throw .unsupported(
                    path: archive.path,
                    problem: "\(other) and \(name) both become \(official.name); try another --from")
            }
        }
        self.aliases = Set(aliases.keys).subtracting(originals.keys)
        self.originals = originals.merging(aliases) { first, _ in first }
        self.dropped = dropped
    }

    /// Official names, sorted.
    package var names: [String] { originals.keys.sorted() }

    /// Shape of a tensor, nil where there is none of this name.
    package func shape(named name: String) -> [Int]? {
        originals[name].flatMap { archive.entry(named: $0)?.shape }
    }

    /// The values of a tensor. Throws `CheckpointError`.
    package func floats(named name: String) throws(CheckpointError) -> [Float] {
        guard let original = originals[name] else { throw .missing(path: archive.path, name: name) }
        return try archive.floats(named: original)
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
        return RenamedWeights(
            archive: archive, map: map, originals: result, dropped: (dropped + unused).sorted())
    }

    private init(archive: WeightArchive, map: NameMap, originals: [String: String], dropped: [String]) {
        (self.archive, self.map, self.originals, self.dropped) = (archive, map, originals, dropped)
        aliases = []
    }
}
