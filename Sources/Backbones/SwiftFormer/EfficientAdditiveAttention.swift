import Autodiff
import Layers

/// Efficient additive attention (Shaker et al., SwiftFormer, ICCV 2023, section 3.2; swiftformer.py
/// EfficientAdditiveAttnetion): the tokens of an image are pooled into one global query, each key is multiplied by it,
/// and two linear layers follow.
struct EfficientAdditiveAttention {
    private let query: RowLayers
    private let key: RowLayers
    private let weight: Parameter
    private let projection: RowLayers
    private let final: RowLayers
    private let scale: RowLayers
    /// Both in one pass.
    private let scaledFinal: RowLayers
    private let normalizes: Bool

    /// What the norm of a query or key is never below.
    private static let epsilon: Float = 1e-12

    /// Names `to_query`, `to_key`, `w_g`, `Proj`, `final` in `scope`; `scale` is a factor by channel on the result.
    /// Unless it `normalizes` all tokens weigh 1, and `w_g` has no effect.
    init(_ scope: ParameterScope, channels: Int, scale: RowLayers.Step, normalizes: Bool) {
        func linear(_ name: String) -> RowLayers.Step {
            let scope = scope.child(name)
            let weight = scope.parameter("weight", [channels, channels], SwiftFormer.weights)
            return .linear(weight, bias: scope.parameter("bias", [channels], .constant(0)))
        }
        query = RowLayers([linear("to_query")])
        key = RowLayers([linear("to_key")])
        weight = scope.parameter("w_g", [channels, 1], .normal(deviation: 1))
        projection = RowLayers([linear("Proj")])
        let last = linear("final")
        (final, self.scale, scaledFinal) = (RowLayers([last]), RowLayers([scale]), RowLayers([last, scale]))
        self.normalizes = normalizes
    }

    /// x plus the attention to it times the factor: [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ dropPath: DropPath, _ context: ForwardContext) -> Variable {
        guard context.recordsGradients else {
            return context.measured("attn") { scaledFinal(mixed(x, context), addedTo: x, nil, context) }
        }
        let attention = context.measured("attn") { final(mixed(x, context), context) }
        return scale(attention, addedTo: x, dropPath, context)
    }

    /// What the last layer gets.
    private func mixed(_ x: Variable, _ context: ForwardContext) -> Variable {
        let q = l2Normalize(query(x, context), axis: 3, epsilon: Self.epsilon)
        let k = l2Normalize(key(x, context), axis: 3, epsilon: Self.epsilon)
        let weight = weight.variable(in: context)
        context.count(ForwardWork(products: q.value.count))
        return projection(
            multiply(k, globalQuery(q, weight: normalizes ? weight : nil)), addedTo: q, nil, context)
    }
}
