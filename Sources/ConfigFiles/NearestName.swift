import Foundation

/// The known name nearest to a mistyped one, or nil when nothing is near.
/// Distance is the number of edits, letter case aside; a dotted key whose last part is right counts as near.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let wanted = Array(name.uppercased().utf8)
    let wantedLeaf = leaf(of: name)
    let limit = max(2, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in known {
        var distance = editDistance(wanted, Array(candidate.uppercased().utf8))
        if leaf(of: candidate) == wantedLeaf { distance = min(distance, 3) }
        if distance <= limit || distance <= 3 && leaf(of: candidate) == wantedLeaf,
            distance < best?.distance ?? Int.max
        {
            best = (candidate, distance)
        }
    }
    return best?.name
}

/// The known key that a mistyped one was probably meant for: in the same section, where one there is near or has the
/// same words and more (DROP_PATH_RATE for DROP_RATE), else anywhere; nil where nothing is near.
package func nearestKey(to key: String, among known: [String]) -> String? {
    let (own, name) = (section(of: key), leaf(of: key))
    let siblings = known.filter { section(of: $0) == own }
    let words = Set(name.split(separator: "_"))
    let near =
        nearestName(to: name, among: siblings.map(leaf))
        ?? siblings.map(leaf).first { words.isSubset(of: $0.split(separator: "_")) }
    return siblings.first { leaf(of: $0) == near } ?? nearestName(to: key, among: known)
}

/// A hint at the file in the same folder whose name is nearest to one that is not there; nil when nothing is near.
package func nearestFileHint(to file: URL) -> String? {
    let folder = file.deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let near = nearestName(to: file.lastPathComponent, among: names.sorted())
    return near.map { "did you mean \($0), which is in the same folder?" }
}

private func leaf(of key: String) -> String {
    key.uppercased().split(separator: ".").last.map(String.init) ?? ""
}

private func section(of key: String) -> String {
    key.uppercased().split(separator: ".").dropLast().joined(separator: ".")
}

/// Levenshtein distance with swapped neighbours counted as one edit.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var previous: [Int] = []
    var current = Array(0...b.count)
    for i in 0..<a.count {
        let beforePrevious = previous
        previous = current
        current[0] = i + 1
        for j in 0..<b.count {
            let substitution = previous[j] + (a[i] == b[j] ? 0 : 1)
            current[j + 1] = min(substitution, previous[j + 1] + 1, current[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                current[j + 1] = min(current[j + 1], beforePrevious[j - 1] + 1)
            }
        }
    }
    return current[b.count]
}
