/// The outputs of a network that have losses: the final one, which is the last of `count`, then, where they are
/// supervised, auxiliary 0, 1, …, each with what follows the names of its losses.
func supervisedOutputs(_ count: Int, auxiliary: Bool) -> [(index: Int, suffix: String)] {
    [(count - 1, "")] + (auxiliary ? (0..<count - 1).map { ($0, "_\($0)") } : [])
}
