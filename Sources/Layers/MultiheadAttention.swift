import Autodiff

/// Attention between linear projections (torch.nn.MultiheadAttention).
package struct MultiheadAttention {
    private let inProjectionWeight: Parameter
    private let inProjectionBias: Parameter
    private let outProjectionWeight: Parameter
    private let outProjectionBias: Parameter
    private let dropout: Dropout
    private let channels: Int
    private let heads: Int

    /// Parameters `in_proj_weight` [3C, C], `in_proj_bias`, `out_proj.*` in `scope`; weights start by Xavier, biases at
    /// 0. Probabilities are dropped in training with `probability`.
    package init(_ scope: ParameterScope, channels: Int, heads: Int, dropout probability: Double = 0) {
        inProjectionWeight = scope.parameter("in_proj_weight", [3 * channels, channels], .xavierUniform)
        inProjectionBias = scope.parameter("in_proj_bias", [3 * channels], .constant(0))
        let out = scope.child("out_proj")
        outProjectionWeight = out.parameter("weight", [channels, channels], .xavierUniform)
        outProjectionBias = out.parameter("bias", [channels], .constant(0))
        dropout = Dropout(scope.child("dropout"), probability: probability)
        self.channels = channels
        self.heads = heads
    }

    /// Queries [B, Q, C], keys and values [B, N, C] -> [B, Q, C].
    package func callAsFunction(
        _ queries: Variable, keys: Variable, values: Variable, _ context: ForwardContext
    ) -> Variable {
        let (rows, count) = (queries.value.rows, keys.shape[1])
        context.count(
            ForwardWork(
                products: 2 * (rows + keys.value.rows) * channels * channels + 2 * rows * count * channels))
        let weight = inProjectionWeight.variable(in: context)
        let bias = inProjectionBias.variable(in: context)
        func projected(_ x: Variable, _ part: Int) -> Variable {
            let rows = part * channels..<(part + 1) * channels
            return linear(x, weight: slice(weight, rows), bias: slice(bias, rows))
        }
        let mixed = attention(
            projected(queries, 0), projected(keys, 1), projected(values, 2), heads: heads,
            dropout: dropout.factors([queries.shape[0], heads, queries.shape[1], count], context))
        return linear(
            mixed, weight: outProjectionWeight.variable(in: context), bias: outProjectionBias.variable(in: context))
    }
}
