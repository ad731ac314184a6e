/// What stops a run or keeps it from starting.
package enum EngineError: Error, Sendable, Equatable {
    /// A loss that is not a number or infinite.
    case nonFiniteLoss(step: Int, learningRate: Double, terms: [LossTerm])
    /// Something else that failed within a step, in its own words.
    case stepFailed(step: Int, learningRate: Double, reason: String)
    /// A new run would write over another's checkpoints.
    case folderInUse(folder: String, checkpoint: String)
    /// A checkpoint that does not belong to this run.
    case foreignState(path: String, reason: String)
    /// Checkpoints are there, and none can be resumed.
    case noWholeCheckpoint(folder: String, faults: [String])
    /// A file that cannot be written.
    case unwritable(path: String, reason: String)
}

extension EngineError: CustomStringConvertible {
    /// One message: what, where, and what to do.
    package var description: String {
        switch self {
        case .nonFiniteLoss(let step, let rate, let terms):
            """
            iteration \(step): the loss is not finite at learning rate \(rate): \(Self.list(terms)).
            Nothing was saved over the last checkpoint. A lower SOLVER.BASE_LR, a longer warm-up or \
            SOLVER.CLIP_GRADIENTS.ENABLED True may help.
            """
        case .stepFailed(let step, let rate, let reason):
            "iteration \(step), learning rate \(rate): \(reason)"
        case .folderInUse(let folder, let checkpoint):
            """
            \(folder) holds the checkpoints of a run (the last is \(checkpoint)).
            --resume continues that run; another --output starts a new one beside it.
            """
        case .foreignState(let path, let reason):
            """
            \(path) cannot be resumed: \(reason).
            Resume with the configuration that the run was started with (config.yaml in its folder); \
            to start a new run from its weights, give them as --weights with another --output.
            """
        case .noWholeCheckpoint(let folder, let faults):
            """
            \(folder) holds checkpoints, and none of them is whole:
            \(faults.map { "  " + $0 }.joined(separator: "\n"))
            Nothing was changed. Copy whole files back, or start a new run with another --output; \
            a model file that is whole can be given to it as --weights.
            """
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(reason). Free some space or choose another --output."
        }
    }

    private static func list(_ terms: [LossTerm]) -> String {
        terms.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }
}
