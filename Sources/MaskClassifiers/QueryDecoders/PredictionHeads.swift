import Autodiff
import Layers

/// What queries predict: class logits, where they are classified, and embeddings whose products with the mask features
/// are mask logits.
package struct PredictionHeads {
    private let norm: LayerNorm
    private let classEmbedding: Linear?
    private let maskEmbedding: MultiLayerPerceptron

    /// Names `class_embed` (where there is a `classCount`), `mask_embed` in `scope`; `norm` is the decoder's last norm,
    /// `channels` the queries'.
    package init(_ scope: ParameterScope, norm: LayerNorm, channels: Int, classCount: Int?, maskChannels: Int) {
        self.norm = norm
        classEmbedding = classCount.map {
            Linear(scope.child("class_embed"), inputs: channels, outputs: $0 + 1)
        }
        maskEmbedding = MultiLayerPerceptron(
            scope.child("mask_embed"), inputs: channels, hidden: channels, outputs: maskChannels, depth: 3)
    }

    /// Queries [B, Q, C] -> [B, Q, classes + 1] and [B, Q, mask channels].
    package func callAsFunction(
        _ queries: Variable, _ context: ForwardContext
    ) -> (classLogits: Variable?, maskEmbedding: Variable) {
        context.measured("prediction_heads") {
            let normed = norm(queries, context)
            return (classEmbedding?(normed, context), maskEmbedding(normed, context))
        }
    }
}
