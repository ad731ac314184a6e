import Autodiff
import Layers
import Tensors

/// A sublayer of a query decoder, under its official name.
package struct QuerySublayer {
    /// What it does.
    package enum Kind {
        /// Queries read a memory.
        case crossAttention(any QueryCrossAttention)
        /// Queries read each other.
        case selfAttention(SelfAttention)
        /// Each query by itself.
        case feedForward(FeedForward)
    }

    /// Its name in profiles.
    package let name: String
    /// What it does.
    package let kind: Kind

    /// A sublayer.
    package init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    fileprivate func callAsFunction(
        _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        context.measured(name) {
            switch kind {
            case .crossAttention(let attention):
                attention(queries, position: position, memory: memory, maskLogits: maskLogits, context)
            case .selfAttention(let attention): attention(queries, position: position, context)
            case .feedForward(let layer): layer(queries, context)
            }
        }
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

    /// Queries [B, Q, C] with their position [Q, C] -> class logits and mask embeddings, one an output.
    ///
    /// `maskFeatures`, one [B, H, W, C] of the size of each memory, direct the cross-attention of each layer by the
    /// masks of the output before it, so that the queries predict before the first layer too; without them there is no
    /// such output.
    package func callAsFunction(
        _ queries: Variable, position: Variable, memories: [QueryMemory], maskFeatures: [Tensor]?,
        _ context: ForwardContext
    ) -> (classLogits: [Variable], maskEmbeddings: [Variable]) {
        var queries = queries
        var outputs = maskFeatures == nil ? [] : [heads(queries, context)]
        for (index, layer) in layers.enumerated() {
            let level = index % memories.count
            let maskLogits = maskFeatures.map { features in
                context.measured("mask_products") {
                    maskProduct(
                        maskEmbedding: outputs[index].maskEmbedding.value, features: tokens(features[level]))
                }
            }
            for sublayer in layer {
                queries = sublayer(
                    queries, position: position, memory: memories[level], maskLogits: maskLogits, context)
            }
            outputs.append(heads(queries, context))
        }
        return (outputs.map(\.classLogits), outputs.map(\.maskEmbedding))
    }

    private func tokens(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], x.shape[1] * x.shape[2], x.shape[3]]) }
}
