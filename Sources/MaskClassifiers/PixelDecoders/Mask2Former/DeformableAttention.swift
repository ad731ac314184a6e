import Autodiff
import Glibc
import Kernels
import Layers

/// Self-attention among the tokens of several maps at learned places, with a residual and a norm after it (Zhu et al.,
/// Deformable DETR, section 4.1; Mask2Former's MSDeformAttn).
struct DeformableAttention {
    private let values: Linear
    private let offsets: Linear
    private let weights: Linear
    private let output: Linear
    private let norm: LayerNorm
    private let dropout: Dropout
    private let heads: Int
    private let points: Int

    /// Parameters `self_attn.{value_proj, sampling_offsets, attention_weights, output_proj}` and `norm1` in `scope`;
    /// `points` of a head and level.
    init(_ scope: ParameterScope, channels: Int, heads: Int, levels: Int, points: Int, dropout probability: Double) {
        let attention = scope.child("self_attn")
        func linear(_ name: String, _ outputs: Int, _ weight: Initializer, bias: Initializer = .constant(0)) -> Linear {
            Linear(attention.child(name), inputs: channels, outputs: outputs, weight: weight, bias: bias)
        }
        offsets = linear(
            "sampling_offsets", heads * levels * points * 2, .constant(0),
            bias: .values(Self.directions(heads: heads, levels: levels, points: points)))
        weights = linear("attention_weights", heads * levels * points, .constant(0))
        values = linear("value_proj", channels, .xavierUniform)
        output = linear("output_proj", channels, .xavierUniform)
        norm = LayerNorm(scope.child("norm1"), channels: channels)
        dropout = Dropout(scope.child("dropout1"), probability: probability)
        (self.heads, self.points) = (heads, levels * points)
    }

    /// The offsets at the start, (head, level, point, (x, y)): a head looks in a direction of its own, point by point a
    /// pixel further along the longer axis.
    private static func directions(heads: Int, levels: Int, points: Int) -> [Float] {
        (0..<heads).flatMap { head -> [Float] in
            let angle = 2 * Double.pi * Double(head) / Double(heads)
            let longest = max(abs(cos(angle)), abs(sin(angle)))
            let steps = (1...points).flatMap { point in
                [cos(angle), sin(angle)].map { Float($0 / longest * Double(point)) }
            }
            return (0..<levels).flatMap { _ in steps }
        }
    }

    /// Tokens [B, N, C] and positions [N, C] -> [B, N, C].
    func callAsFunction(
        _ tokens: Variable, position: Variable, levels: TokenLevels, _ context: ForwardContext
    ) -> Variable {
        let (values, offsets, logits) = (
            values.variables(context), offsets.variables(context), weights.variables(context)
        )
        let (rows, channels) = (tokens.value.rows, tokens.shape[2])
        let columns = values.weight.shape[0] + offsets.weight.shape[0] + logits.weight.shape[0]
        context.count(ForwardWork(products: rows * channels * columns, resizedValues: rows * channels * points))
        if !context.recordsGradients {
            let projections = DeformableProjections(
                values: (values.weight.value, values.bias.value), offsets: (offsets.weight.value, offsets.bias.value),
                logits: (logits.weight.value, logits.bias.value))
            return Variable(
                projections.attended(
                    tokens.value, position: position.value, levels: levels, heads: heads,
                    closing: RowSteps([output.step(tokens, context), norm.step(context)])))
        }
        let queries = add(tokens, position)
        let scores = linear(queries, weight: logits.weight, bias: logits.bias)
        let mixed = deformableAttention(
            values: linear(tokens, weight: values.weight, bias: values.bias),
            offsets: linear(queries, weight: offsets.weight, bias: offsets.bias),
            weights: reshape(softmax(reshape(scores, [rows * heads, points])), scores.shape), levels: levels,
            heads: heads)
        let update = output(mixed, context)
        return norm(add(tokens, dropout(update, context)), context)
    }
}
