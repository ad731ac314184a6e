/// How gradients are bounded before a step.
package enum GradientClipping: Sendable, Equatable {
    case none
    /// The norm over all gradients together (torch clip_grad_norm_).
    case fullModel(maximumNorm: Double)
    /// The norm of each parameter's gradient.
    case perParameter(maximumNorm: Double)
    /// Each component.
    case value(maximum: Double)

    /// The factor on a gradient of the given norm: maximum / (norm + 1e-6), at most 1.
    static func factor(norm: Double, maximumNorm: Double) -> Double { min(1, maximumNorm / (norm + 1e-6)) }
}
