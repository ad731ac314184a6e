/// A file of weights that does not fit a network.
package struct WeightsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A tensor of another shape than the network's.
    package struct ShapeMismatch: Sendable, Equatable {
        package let name: String
        /// The network's official shape.
        package let expected: [Int]
        package let got: [Int]
    }

    package let path: String
    /// Names of the network that the file lacks.
    package let missing: [String]
    /// Names of the file that the network lacks.
    package let unexpected: [String]
    /// Names that both have, in different shapes.
    package let mismatched: [ShapeMismatch]
    /// Names that fit.
    var matched: [String] = []
    /// What all names in the file begin with, where nothing fits; nil where they share nothing.
    var foreignPrefix: String?
    /// The networks that the names are of; nil where they do not tell.
    var fileNetwork, ownNetwork: String?
    /// Whether the file is of a kind that holds a part of a network.
    var isPart = false
    /// The configuration that lies beside the file; nil where none does.
    var configuration: String?

    /// So many names of a group are shown.
    static let shownNames = 8

    /// What does not fit, a few names of each group, and what to do.
    package var description: String {
        if let part {
            return "\(path) holds \(part) alone, \(missing.count) of the network's tensors are not in it: give it to "
                + "pem-train as MODEL.WEIGHTS (--weights), which starts a training from it."
        }
        var lines = ["\(path) does not fit the network of this configuration:"]
        lines += Self.section("missing in the file", Self.telling(missing), of: missing.count)
        lines += Self.section("unknown to the network", Self.telling(unexpected), of: unexpected.count)
        lines += Self.section(
            "of another shape",
            mismatched.prefix(Self.shownNames).map { "\($0.name): expected \($0.expected), got \($0.got)" },
            of: mismatched.count)
        lines.append(advice)
        if [missing.count, unexpected.count, mismatched.count].contains(where: { $0 > Self.shownNames }) {
            lines.append("pem-convert \(path) OUT.safetensors --for CONFIG lists all names.")
        }
        return lines.joined(separator: "\n")
    }

    private static func section(_ title: String, _ shown: [String], of count: Int) -> [String] {
        guard count > 0 else { return [] }
        let more = count > shown.count ? ["    and \(count - shown.count) more"] : []
        return ["  \(count) \(title):"] + shown.map { "    \($0)" } + more
    }

    /// The first name of each module, modules being told by two parts of a name, then others in their order.
    private static func telling(_ names: [String]) -> [String] {
        guard names.count > shownNames else { return names }
        var modules: Set<[Substring]> = []
        let first = names.indices.filter { modules.insert(Array(names[$0].split(separator: ".").prefix(2))).inserted }
        let shown = (first + names.indices.filter { !first.contains($0) }).prefix(shownNames)
        return shown.sorted().map { names[$0] }
    }
}
