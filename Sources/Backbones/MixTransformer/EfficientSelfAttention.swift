import Autodiff
import Layers

/// Self-attention to keys and values of a smaller map (SegFormer, equations 1 and 2), with its norm and its residual.
struct EfficientSelfAttention {
    private let norm: LayerNorm
    private let query: RowLayers
    private let reduction: (convolution: ConvNormActivation, norm: LayerNorm)?
    private let weight: Parameter
    private let bias: Parameter
    private let projection: RowLayers
    private let heads: Int
    private let channels: Int

    /// Names `q`, `kv` (the keys' rows come first), `proj`, and, where a key stands for R × R pixels, `sr` and `norm`;
    /// the norm that is given is the one before.
    init(_ scope: ParameterScope, norm: LayerNorm, channels: Int, heads: Int, reduction side: Int) {
        precondition(channels % heads == 0, "MiT: \(channels) channels, \(heads) heads")
        let start = Initializer.normal(deviation: 0.02)
        (self.norm, self.heads, self.channels) = (norm, heads, channels)
        query = RowLayers([.linear(scope.child("q"), inputs: channels, outputs: channels, weight: start)])
        weight = scope.child("kv").parameter("weight", [2 * channels, channels], start)
        bias = scope.child("kv").parameter("bias", [2 * channels], .constant(0))
        projection = RowLayers([.linear(scope.child("proj"), inputs: channels, outputs: channels, weight: start)])
        guard side > 1 else {
            reduction = nil
            return
        }
        var convolution = ConvNormActivation.Configuration(inputs: channels, outputs: channels)
        // What is left over on the right and below is no key.
        (convolution.kernel, convolution.stride, convolution.padding) = (side, side, 0)
        (convolution.hasBias, convolution.norm, convolution.activation) = (true, .none, .none)
        convolution.initializer = .msra
        reduction = (
            ConvNormActivation(convolution: scope.child("sr"), norm: scope, convolution),
            LayerNorm(scope.child("norm"), channels: channels)
        )
    }

    /// x plus the attention to it: [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ dropPath: DropPath, _ context: ForwardContext) -> Variable {
        let normed = norm(x, context)
        let map = reduction.map { $0.norm($0.convolution(normed, context), context) } ?? normed
        let (images, count) = (map.shape[0], map.shape[1] * map.shape[2])
        let memory = reshape(map, [images, count, channels])
        context.count(
            ForwardWork(
                products: 2 * memory.value.rows * channels * channels + 2 * x.value.rows * count * channels))
        let (weight, bias) = (weight.variable(in: context), bias.variable(in: context))
        guard context.recordsGradients else {
            let rows = x.value.rows
            return Variable(
                streamedAttention(
                    normed.value, query: query.passes(rows: rows, context),
                    keyValues: linear(memory.value, weight: weight.value, bias: bias.value), heads: heads,
                    output: projection.passes(rows: rows, context), residual: x.value))
        }
        let parts = [0..<channels, channels..<2 * channels].map { rows in
            linear(memory, weight: slice(weight, rows), bias: slice(bias, rows))
        }
        let queries = reshape(query(normed, context), [images, x.shape[1] * x.shape[2], channels])
        let mixed = attention(queries, parts[0], parts[1], heads: heads)
        return projection(reshape(mixed, x.shape), addedTo: x, dropPath, context)
    }
}
