/// What can be wrong with a file of weights or training state.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case unreadable(path: String, reason: String)
    /// The file is not what its name says, or damaged.
    case malformed(path: String, problem: String)
    /// The file is cut, changed, or was never meant to be read: what it says of itself does not fit its
    /// bytes.
    case damaged(path: String, problem: String)
    /// The file asks for something that no weights need; it was not done.
    case refused(path: String, name: String)
    /// The file is sound, as far as can be seen, and holds something that is not read here.
    case unsupported(path: String, problem: String)
    /// The file has no tensor of this name.
    case missing(path: String, name: String)
    /// Weights that are not finite: no network can work with them.
    case notFinite(path: String, problem: String)

    /// The file, what is wrong with it, and what to do.
    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .malformed(let path, let problem):
            "\(path) is not a whole safetensors file: \(problem). Copy or save it again."
        case .damaged(let path, let problem):
            "\(path) is damaged: \(problem). Copy or download it again."
        case .refused(let path, let name):
            "\(path) asks for \(name), which weights do not need, so it may be hostile. Nothing of it was run. "
                + "Where you trust it, load it in Python and save its state_dict() alone."
        case .unsupported(let path, let problem):
            "\(path): \(problem)"
        case .missing(let path, let name):
            "\(path) has no tensor \(name)"
        case .notFinite(let path, let problem):
            "\(path): \(problem). Use another checkpoint, or export it again in single precision."
        }
    }
}
