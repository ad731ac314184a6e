import CKernels
import Glibc

/// How a parameter moves, given its gradient: a pure rule, without parameters or state of its own.
package enum UpdateRule: Sendable, Equatable {
    /// torch.optim.AdamW (decoupled weight decay).
    case adamW(firstDecay: Double = 0.9, secondDecay: Double = 0.999, epsilon: Double = 1e-8)
    /// torch.optim.SGD without dampening.
    case sgd(momentum: Double, nesterov: Bool)

    /// How many moments the rule keeps beside a parameter.
    package var momentCount: Int {
        switch self {
        case .adamW: 2
        case .sgd(let momentum, _): momentum == 0 ? 0 : 1
        }
    }

    /// One step of `count` neighbouring values of one parameter with their moments, in place; `step` counts from 1.
    func update(
        _ value: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>?,
        second: UnsafeMutablePointer<Float>?, count: Int, gradient: UnsafePointer<Float>,
        _ transform: gradient_transform, step: Int, learningRate: Double, weightDecay: Double
    ) {
        switch self {
        case .adamW(let firstDecay, let secondDecay, let epsilon):
            let numbers = adamw_step(
                decay: Float(1 - learningRate * weightDecay), first_share: Float(1 - firstDecay),
                second_keep: Float(secondDecay), second_share: Float(1 - secondDecay),
                step_size: Float(learningRate / (1 - pow(firstDecay, Double(step)))),
                root_correction: Float(sqrt(1 - pow(secondDecay, Double(step)))), epsilon: Float(epsilon))
            pk_optimizer_adamw(value, first, second, gradient, count, transform, numbers)
        case .sgd(let momentum, let nesterov):
            let numbers = sgd_step(
                rate: Float(learningRate), weight_decay: Float(weightDecay), momentum: Float(momentum),
                nesterov: nesterov ? 1 : 0)
            pk_optimizer_sgd(value, first, gradient, count, transform, numbers)
        }
    }
}
