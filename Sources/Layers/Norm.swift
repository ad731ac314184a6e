import Autodiff
import Tensors

/// The kinds of normalisation of feature maps that configurations name.
package enum NormKind: Sendable, Equatable {
    /// BatchNorm; SyncBN is the same on one process.
    case batch
    /// detectron2's FrozenBatchNorm2d: an affine map by stored statistics, all four of them buffers.
    case frozen
    /// GroupNorm with 32 groups.
    case group
    /// LayerNorm over the channels of each pixel.
    case layer
    /// No norm.
    case none

    /// The norm of this kind, its parameters in `scope`.
    package func make(_ scope: ParameterScope, channels: Int) -> (any Norm)? {
        switch self {
        case .batch, .frozen: BatchNorm(scope, channels: channels, kind: self)
        case .group: GroupNorm(scope, channels: channels)
        case .layer: LayerNorm(scope, channels: channels)
        case .none: nil
        }
    }
}

/// A normalisation of feature maps.
package protocol Norm {
    /// [B, H, W, C] -> [B, H, W, C], with the ReLU that follows where `relu` says so.
    func callAsFunction(_ x: Variable, relu: Bool, _ context: ForwardContext) -> Variable
    /// The norm of x plus a residual, all of one shape, with the ReLU that follows where `relu` says so.
    func callAsFunction(_ x: Variable, residual: Variable, relu: Bool, _ context: ForwardContext) -> Variable
    /// The norm as y = x · scale + shift, each [C]; nil where it is more than that in this pass.
    func folded(_ context: ForwardContext) -> (scale: Tensor, shift: Tensor)?
}

extension Norm {
    /// One after the other.
    package func callAsFunction(
        _ x: Variable, residual: Variable, relu: Bool, _ context: ForwardContext
    ) -> Variable {
        inTurn(x, residual: residual, relu: relu, context)
    }

    /// The norm, the sum with the residual, and the ReLU, each in a pass of its own.
    func inTurn(_ x: Variable, residual: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        let sum = add(self(x, relu: false, context), residual)
        return relu ? Autodiff.relu(sum) : sum
    }

    /// Nil: the norm depends on its input, or a graph is recorded.
    package func folded(_ context: ForwardContext) -> (scale: Tensor, shift: Tensor)? { nil }
}
