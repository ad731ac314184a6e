extension PickleGlobal {
    /// Whether a name stands for a kind of tensors that is not read here: float8, complex, quantised, sparse and such.
    static func isUnsupportedKind(module: String, name: String) -> Bool {
        switch module {
        case "torch", "torch.storage":
            name.hasSuffix("Storage") || types.contains { name.hasPrefix($0) }
        case "torch._utils": name.hasPrefix("_rebuild_")
        default: false
        }
    }

    private static let types = ["float8", "float4", "complex", "qint", "quint", "bits", "int", "uint"]
}
