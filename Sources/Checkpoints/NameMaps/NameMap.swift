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
        /// A beginning in which each `*` stands for letters without a dot; they stay.
        case replaceStart(String, with: String)
        /// Where the name does not contain `part`.
        case prepend(String, unlessContains: String)
        /// Where the name begins with one of these.
        case prependTo([String], String)
        /// Under `prefix`, where none of these follows.
        case insert(String, after: String, unless: [String])
        /// A second name of a tensor, which counts only where its first is not there.
        case alias(of: String, prefixes: [String])
        /// Tensors whose names differ by these words alone are parts, in this order, of one whose name has `whole`
        /// there: their first axes are joined.
        case join([String], as: String)
    }

    /// What `--from` calls it.
    package let name: String
    /// Which files it is for, in a line.
    package let summary: String
    /// The network that its files are of, where its signs under official names tell that one from all others.
    private(set) var network: String?
    /// A file with one of these tensors is of this family.
    let signs: [String]
    /// A file with one of these is not, whatever else it has.
    private(set) var foreignSigns: [String] = []
    /// Why no network here takes such a file; nil where one does.
    private(set) var refusal: String?
    let rules: [Rule]
    /// Keys with what a configuration must say for its network to compute what the one did that these files are of,
    /// where names and shapes do not tell.
    package private(set) var settings: [String: String] = [:]
    /// Whether files of this family hold a part of a network to start a training from, and more that is of no use.
    package private(set) var isPart = false
    /// Official names of biases that files of this family lack: they are 0.
    package private(set) var absentBiases: [String] = []

    /// The map for a file with these tensors, among `maps` or those of them that are called `family`; the last takes
    /// what no other recognises.
    package static func recognized(by names: [String], among maps: [NameMap], family: String? = nil) -> NameMap {
        recognition(of: names, among: maps, family: family).map
    }

    /// The same, with what stands before every name of the file where the map recognises the names without it, and
    /// whether it recognises them at all.
    static func recognition(
        of names: [String], among maps: [NameMap], family: String?
    ) -> (map: NameMap, prefix: String, isTold: Bool) {
        let maps = maps.filter { family == nil || $0.name == family }
        var (prefix, rest) = ("", names)
        for _ in 0...NamePrefix.mostParts {
            let known = Set(rest)
            if let map = maps.first(where: { $0.recognizes(known) }) { return (map, prefix, true) }
            guard let part = NamePrefix.shared(by: rest) else { break }
            prefix += part
            rest = rest.map { String($0.dropFirst(part.count)) }
        }
        return (maps.last ?? .detectron2, "", false)
    }

    /// Its signs under official names.
    var officialSigns: [String] { signs.compactMap { official($0)?.name } }

    /// The network that official names are of, such as "SwiftFormer", as far as `maps` tell; nil where they do not.
    package static func network(of names: some Collection<String>, among maps: [NameMap]) -> String? {
        let known = Set(names)
        return maps.first { $0.network != nil && $0.officialSigns.contains(where: known.contains) }?.network
    }

    private func recognizes(_ names: Set<String>) -> Bool {
        signs.contains(where: names.contains) && !foreignSigns.contains(where: names.contains)
    }

    /// What a tensor of a file is officially.
    struct Official {
        var name: String
        /// Whether this is only a second name.
        var isAlias = false
        /// Which part of the official tensor it is, and of how many.
        var part = (index: 0, count: 1)
    }

    /// The official name; nil for a tensor that is dropped.
    func official(_ original: String) -> Official? {
        var name = original
        var (isAlias, part) = (false, (index: 0, count: 1))
        for rule in rules {
            switch rule {
            case .drop(let prefix): if name.hasPrefix(prefix) { return nil }
            case .dropSuffix(let suffix): if name.hasSuffix(suffix) { return nil }
            case .replace(let old, let new): name = name.replacingOccurrences(of: old, with: new)
            case .replacePrefix(let old, let new):
                if name.hasPrefix(old) { name = new + name.dropFirst(old.count) }
            case .replaceSuffix(let old, let new):
                if name.hasSuffix(old) { name = name.dropLast(old.count) + new }
            case .replaceStart(let old, let new): name = Self.name(name, replacingStart: old, with: new) ?? name
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
            case .join(let words, let whole):
                if let index = words.firstIndex(where: name.contains) {
                    name = name.replacingOccurrences(of: words[index], with: whole)
                    part = (index, words.count)
                }
            }
        }
        return Official(name: name, isAlias: isAlias, part: part)
    }

    /// Nil where the name does not begin so.
    private static func name(_ name: String, replacingStart old: String, with new: String) -> String? {
        var (rest, kept) = (name[...], [Substring]())
        for (index, piece) in old.split(separator: "*", omittingEmptySubsequences: false).enumerated() {
            if index > 0 {
                kept.append(rest.prefix { $0 != "." })
                rest = rest.dropFirst(kept[index - 1].count)
            }
            guard rest.hasPrefix(piece) else { return nil }
            rest = rest.dropFirst(piece.count)
        }
        var result = ""
        for (index, piece) in new.split(separator: "*", omittingEmptySubsequences: false).enumerated() {
            result += (index > 0 ? kept[index - 1] : "") + piece
        }
        return result + rest
    }
}
