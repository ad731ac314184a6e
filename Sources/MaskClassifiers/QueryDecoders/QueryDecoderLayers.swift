import Autodiff
import Layers
import Networks
import Tensors

/// A sublayer of a query decoder, with its official name.
package enum QuerySublayer {
    /// Queries read a memory.
    case crossAttention(String, any QueryCrossAttention)
    /// Queries read each other.
    case selfAttention(String, SelfAttention)
    /// Each query by itself.
    case feedForward(String, FeedForward)
}

/// What queries predict, one element an output, the last layer's last.
package struct QueryOutputs {
    /// Class logits [B, Q, classes + 1]; none where queries are not classified.
    package fileprivate(set) var classLogits: [Variable] = []
    /// Mask embeddings [B, Q, C].
    package fileprivate(set) var maskEmbeddings: [Variable] = []

    /// With the mask features [B, H, W, C].
    package func masks(_ maskFeatures: Variable) -> MaskPredictions {
        MaskPredictions(classLogits: classLogits, maskEmbeddings: maskEmbeddings, maskFeatures: maskFeatures)
    }
}

/// The loop of every query decoder: layers of sublayers in the order of the list, which see the memories in turn, and
/// predictions after each layer.
package struct QueryDecoderLayers {
    private let layers: [[QuerySublayer]]
    private let heads: PredictionHeads

    /// Layers, and what predicts from the queries.
    package init(_ layers: [[QuerySublayer]], heads: PredictionHeads) {
        self.layers = layers
        self.heads = heads
    }

    /// Whether all cross-attentions read memories with their positions added.
    package var readsPositionedMemory: Bool {
        layers.joined().allSatisfy {
            if case .crossAttention(_, let attention) = $0 { attention.readsPositionedMemory } else { true }
        }
    }

    /// Queries [B, Q, C] with their position [Q, C] -> the predictions of each output.
    ///
    /// Where `isMasked`, the masks of each output direct the cross-attention of the layer after it. The queries predict
    /// before the first layer where `predictsFirst`, as they must for masks.
    package func callAsFunction(
        _ queries: Variable, position: Variable, memories: [QueryMemory], maskFeatures: Variable, predictsFirst: Bool,
        isMasked: Bool, _ context: ForwardContext
    ) -> QueryOutputs {
        precondition(predictsFirst || !isMasked, "the first layer's mask comes from a prediction before it")
        // Resizing is linear, so it commutes with the mask product: attention masks come from features
        // resized once.
        let resized = context.measured("mask_products") {
            (isMasked ? memories : []).map {
                resizeBilinear(maskFeatures.value, height: $0.map.shape[1], width: $0.map.shape[2])
            }
        }
        var (queries, outputs) = (queries, QueryOutputs())
        for index in 0...layers.count {
            let level = index % memories.count
            var maskLogits: Tensor?
            if predictsFirst || index > 0 {
                // Evaluation reads the last prediction only, but every layer's is cheap beside its attention
                // mask.
                let (logits, embedding) = heads(queries, context)
                if let logits { outputs.classLogits.append(logits) }
                outputs.maskEmbeddings.append(embedding)
                maskLogits = context.measured("mask_products") {
                    countMasks(embedding, maskFeatures, level: isMasked ? memories[level].map : nil, context)
                    guard isMasked, index < layers.count else { return nil }
                    return maskProduct(maskEmbedding: embedding.value, features: tokens(resized[level]))
                }
            }
            guard index < layers.count else { break }
            for sublayer in layers[index] {
                switch sublayer {
                case .crossAttention(let name, let attention):
                    queries = context.measured(name) {
                        attention(queries, position: position, memory: memories[level], maskLogits: maskLogits, context)
                    }
                case .selfAttention(let name, let attention):
                    queries = context.measured(name) { attention(queries, position: position, context) }
                case .feedForward(let name, let layer):
                    queries = context.measured(name) { layer(queries, context) }
                }
            }
        }
        return outputs
    }

    /// The official code makes the masks of every output at the size of the features, and resizes them to the next
    /// level, those of the last output too.
    private func countMasks(_ embedding: Variable, _ features: Variable, level: Variable?, _ context: ForwardContext) {
        let pixels = features.shape[1] * features.shape[2]
        let resized = level.map { embedding.value.rows * $0.shape[1] * $0.shape[2] } ?? 0
        context.count(ForwardWork(products: embedding.value.count * pixels, resizedValues: resized))
    }

    private func tokens(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], x.shape[1] * x.shape[2], x.shape[3]]) }
}
