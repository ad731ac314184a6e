/// Why a step was refused or a state not taken.
package enum OptimizerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Gradients of these parameters are infinite or NaN. Nothing was changed.
    case nonFiniteGradient(step: Int, learningRate: Double, parameters: [String])
    /// A stored state doesn't fit the parameters.
    case stateMismatch([String])

    /// The step, the parameters concerned, and what to do.
    package var description: String {
        switch self {
        case .nonFiniteGradient(let step, let rate, let parameters):
            let named = parameters.prefix(8).joined(separator: ", ")
            let more = parameters.count > 8 ? " and \(parameters.count - 8) more" : ""
            return """
                step \(step): the gradient of \(named)\(more) is not finite (learning rate \(rate)); \
                nothing was updated. A lower SOLVER.BASE_LR or a longer warm-up usually helps.
                """
        case .stateMismatch(let faults):
            return "the optimiser's state does not fit the model:\n  " + faults.joined(separator: "\n  ")
        }
    }
}
