import Tensors

/// What an optimiser must remember to go on as if it had never stopped: moments by the parameters' official
/// names, in the engine's layout.
package struct OptimizerState: Sendable {
    package var step: Int
    /// First moments (AdamW) or velocities (SGD with momentum).
    package var first: [String: Tensor]
    /// Second moments (AdamW).
    package var second: [String: Tensor]

    /// After `step` steps; moments by parameter name.
    package init(step: Int = 0, first: [String: Tensor] = [:], second: [String: Tensor] = [:]) {
        self.step = step
        self.first = first
        self.second = second
    }
}
