/// What stands before every name in a file of weights.
enum NamePrefix {
    /// What programs put before every name: DistributedDataParallel, torch.compile, and attributes that hold the model.
    private static let wrappers = ["module.", "model.", "net.", "_orig_mod."]
    /// More parts than these stand before no name, and a hostile one may have millions.
    static let mostParts = 8

    /// The first part that all names share, with its dot; nil where they share none.
    static func shared(by names: some Collection<some StringProtocol>) -> String? {
        guard let dot = names.first?.firstIndex(of: "."), let first = names.first?[...dot],
            names.allSatisfy({ $0.utf8.count > first.utf8.count && $0.hasPrefix(first) })
        else { return nil }
        return String(first)
    }

    /// The wrappers that all names share, one after another; empty where they share none.
    static func wrappers(of names: [String]) -> String {
        var (prefix, rest) = ("", names.map { $0[...] })
        for _ in 0..<mostParts {
            guard let part = shared(by: rest), wrappers.contains(part) else { break }
            prefix += part
            rest = rest.map { $0.dropFirst(part.count) }
        }
        return prefix
    }
}
