import Autodiff
import Kernels
import Tensors

/// The activations of blocks.
package enum Activation: Sendable, Equatable {
    /// max(x, 0).
    case relu
    /// x · Φ(x).
    case gelu
    /// x.
    case none
}

/// A linear map and what follows it in a block: y = activation(norm(map + bias) + residual).
///
/// Where no graph is recorded and the norm is an affine map, all but GELU is done in the map's kernel while a tile is
/// in the cache. That depends on the pass, not on what needs a gradient: frozen layers of a training step compute as
/// the others do.
package struct NormActivation {
    private let norm: (any Norm)?
    /// What comes last.
    var activation: Activation

    /// A norm, or none, and an activation.
    package init(norm: (any Norm)?, _ activation: Activation) {
        self.norm = norm
        self.activation = activation
    }

    /// The block; `map` gets the bias [C] that it adds itself, or how it runs fused. `residual` has the result's shape.
    ///
    /// Without a graph `channels` are those of the map's input that it reads, and the result is written `into` a map.
    package func callAsFunction(
        _ context: ForwardContext, bias: Variable? = nil, residual: Variable? = nil, channels: Range<Int>? = nil,
        into: ChannelSlice? = nil, _ map: (_ bias: Variable?, _ fusion: Fusion?) -> Variable
    ) -> Variable {
        if context.recordsGradients { return followed(map(bias, nil), residual, context) }
        guard let (scale, shift) = affine(bias?.value, context) else {
            precondition(into == nil, "this norm cannot write into another map")
            return followed(map(nil, Fusion(Epilogue(shift: bias?.value), channels: channels)), residual, context)
        }
        let epilogue = Epilogue(scale: scale, shift: shift, residual: residual?.value, relu: activation == .relu)
        let y = map(nil, Fusion(epilogue, channels: channels, into: into))
        return activation == .gelu ? gelu(y) : y
    }

    /// The block as what is done to finished sums; nil where a graph is recorded, the norm is no affine map in this
    /// pass, or the activation is GELU.
    package func epilogue(bias: Variable?, _ context: ForwardContext) -> Epilogue? {
        guard !context.recordsGradients, activation != .gelu, let (scale, shift) = affine(bias?.value, context) else {
            return nil
        }
        return Epilogue(scale: scale, shift: shift, relu: activation == .relu)
    }

    /// Bias and norm as one affine map; nil where the norm is none.
    private func affine(_ bias: Tensor?, _ context: ForwardContext) -> (scale: Tensor?, shift: Tensor?)? {
        guard let norm else { return (nil, bias) }
        guard let (scale, shift) = norm.folded(context) else { return nil }
        return (scale, bias.map { add(shift, multiply(scale, $0)) } ?? shift)
    }

    private func followed(_ map: Variable, _ residual: Variable?, _ context: ForwardContext) -> Variable {
        let isReLU = activation == .relu
        let y: Variable
        if let norm {
            y =
                residual.map { norm(map, residual: $0, relu: isReLU, context) } ?? norm(map, relu: isReLU, context)
        } else {
            let sum = residual.map { add(map, $0) } ?? map
            y = isReLU ? relu(sum) : sum
        }
        return activation == .gelu ? gelu(y) : y
    }
}
