/// A file of weights that does not fit a network; every name is listed.
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
    /// What all names in the file begin with, where nothing fits; nil where they share nothing.
    var foreignPrefix: String?

    /// Every name that does not fit, in groups.
    package var description: String {
        var lines = ["\(path) does not fit the network of this configuration:"]
        lines += Self.section("missing in the file", missing)
        lines += Self.section("unknown to the network", unexpected)
        lines += Self.section(
            "of another shape", mismatched.map { "\($0.name): expected \($0.expected), got \($0.got)" })
        lines.append(advice)
        return lines.joined(separator: "\n")
    }

    private static func section(_ title: String, _ names: [String]) -> [String] {
        names.isEmpty ? [] : ["  \(names.count) \(title):"] + names.map { "    \($0)" }
    }

    private var advice: String {
        if let foreignPrefix {
            return "In the file all names begin with \(foreignPrefix) and nothing fits, with or without it: save the "
                + "state_dict() of the network alone."
        }
        func isOnly(_ parts: [String]) -> Bool {
            missing.isEmpty && unexpected.isEmpty
                && mismatched.allSatisfy { tensor in parts.contains(where: tensor.name.contains) }
        }
        if isOnly(WeightsFile.Leniency.classLayers) {
            return "The number of classes differs: set MODEL.SEM_SEG_HEAD.NUM_CLASSES to that of the weights."
        }
        if isOnly(["query_feat.", "query_embed."]) {
            return "The number of queries differs: set MODEL.MASK_FORMER.NUM_OBJECT_QUERIES to that of the weights."
        }
        if isOnly(["relative_position_bias_table"]) {
            // [(2w − 1)², heads].
            guard mismatched.allSatisfy({ $0.expected.last == $0.got.last }) else {
                return "The weights are for other numbers of heads: set MODEL.SWIN.NUM_HEADS to theirs."
            }
            return "The weights are for another window: set MODEL.SWIN.WINDOW_SIZE to theirs, or "
                + "MODEL.SWIN.RESIZE_POSITION_TABLES True to resize the tables."
        }
        return "Use the configuration that the weights were trained with (config.yaml beside them)."
    }
}
