import Autodiff
import Kernels
import Layers
import Tensors

/// Prototype-based masked cross-attention (PEM, section 3.2; pem_transformer_decoder.py PEM_CA): each query and head
/// attends to the single most similar pixel.
package struct PrototypeCrossAttention: QueryCrossAttention {
    private let keyNorm: BatchNorm
    private let keyConvolutionWeight: Parameter
    private let keyConvolutionBias: Parameter
    private let keyProjection: Linear
    private let queryNorm: LayerNorm
    private let queryProjection: Linear
    private let projection: Linear
    private let final: Linear
    private let alpha: Parameter
    private let channels: Int
    private let heads: Int

    /// Names `feature_proj.{bn, to_query_3x3, out}`, `query_proj.{0, 1}`, `proj`, `final`, `alpha`.
    package init(_ scope: ParameterScope, channels: Int, heads: Int) {
        let key = scope.child("feature_proj")
        keyNorm = BatchNorm(key.child("bn"), channels: channels, kind: .batch)
        let depthwise = key.child("to_query_3x3")
        keyConvolutionWeight = depthwise.parameter("weight", [channels, 1, 3, 3], layout: .depthwise, .torchDefault)
        keyConvolutionBias = depthwise.parameter("bias", [channels], .uniform(bound: 1.0 / 3))
        keyProjection = Linear(key.child("out"), inputs: channels, outputs: channels)
        queryNorm = LayerNorm(scope.child("query_proj").child(0), channels: channels)
        queryProjection = Linear(scope.child("query_proj").child(1), inputs: channels, outputs: channels)
        projection = Linear(scope.child("proj"), inputs: channels, outputs: channels)
        final = Linear(scope.child("final"), inputs: channels, outputs: channels)
        alpha = scope.parameter("alpha", [1, 1, channels], .constant(1))
        self.channels = channels
        self.heads = heads
    }

    /// Yes.
    package var readsPositionedMemory: Bool { true }

    /// Queries [B, Q, C] with position [Q, C], memory [B, H, W, C], mask logits [B, H·W, Q] -> [B, Q, C].
    package func callAsFunction(
        _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        let (batch, count) = (queries.shape[0], queries.shape[1])
        let positioned = add(queries, position)
        let projected = queryProjection(queryNorm(positioned, context), context)
        let normalized = l2Normalize(projected, axis: 2, epsilon: 1e-12)
        let prototypes = prototypes(normalized.value, memory.map, maskLogits: maskLogits, context)
        // PARITY: pem_transformer_decoder.py normalises over the query axis (dim=1), not over the channels.
        let update = l2Normalize(projection(multiply(prototypes, normalized), context), axis: 1, epsilon: 1e-12)
        let weight = reshape(alpha.variable(in: context), [channels])
        let mixed = add(multiply(update, weight), prototypes)
        // The residual is the queries as they came, without their position.
        return add(reshape(final(mixed, context), [batch, count, channels]), queries)
    }

    /// The pixels most similar to the queries [B, Q, C]: [B, Q, C].
    private func prototypes(
        _ query: Tensor, _ memory: Variable, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        guard context.recordsGradients || context.usesBatchStatistics else {
            let keys = PrototypeKeys(
                memory: memory.value, norm: keyNorm.folded,
                depthwise: (keyConvolutionWeight.value, keyConvolutionBias.value),
                projection: keyProjection.values, epsilon: 1e-12)
            return Variable(selectPrototypes(keys: keys, query: query, maskLogits: maskLogits, heads: heads))
        }
        let keys = l2Normalize(keyed(memory, context), axis: 2, epsilon: 1e-12)
        return selectPrototypes(memory: keys, query: query, maskLogits: maskLogits, heads: heads)
    }

    /// [B, H, W, C] -> keys [B, H·W, C].
    private func keyed(_ memory: Variable, _ context: ForwardContext) -> Variable {
        let local = depthwiseConvolution(
            keyNorm(memory, relu: false, context), weight: keyConvolutionWeight.variable(in: context),
            bias: keyConvolutionBias.variable(in: context),
            ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, dilation: 1))
        let pixels = memory.shape[1] * memory.shape[2]
        return keyProjection(reshape(local, [memory.shape[0], pixels, channels]), context)
    }

    /// Multiply-adds for `count` queries and a memory of `pixels`.
    package func multiplyAdds(queries count: Int, pixels: Int) -> Int {
        let convolution = pixels * 9 * channels + keyNorm.multiplyAdds(rows: pixels)
        let keys = convolution + keyProjection.multiplyAdds(rows: pixels)
        return keys + pixels * count * channels + 3 * projection.multiplyAdds(rows: count)
    }
}
