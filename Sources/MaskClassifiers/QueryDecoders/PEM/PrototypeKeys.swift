import Autodiff
import Kernels
import Layers
import Tensors

/// PEM-CA's keys, normalize(Linear(depthwise3×3(norm(memory)))) (pem_transformer_decoder.py, PEM_CA: feature_proj),
/// and what queries read of them. Where the norm is an affine map in a pass that records no graph, keys are made a tile
/// of pixels at a time and never held.
package struct PrototypeKeys {
    private enum Source {
        /// [B, H · W, C].
        case keys(Variable)
        case tiles(PrototypeTiles)
    }

    private let source: Source

    /// memory [B, H, W, C]; the depthwise weight [3, 3, C] with its bias [C]; the projection's weight [C, C] with its
    /// bias [C].
    package init(
        _ memory: Variable, norm: any Norm, depthwise: (weight: Variable, bias: Variable),
        projection: (weight: Variable, bias: Variable), _ context: ForwardContext
    ) {
        let (shape, epsilon) = (memory.shape, Float(1e-12))
        if let folded = norm.folded(context) {
            source = .tiles(
                PrototypeTiles(
                    memory: memory.value, norm: folded, depthwise: (depthwise.weight.value, depthwise.bias.value),
                    projection: (projection.weight.value, projection.bias.value), epsilon: epsilon))
            return
        }
        let local = depthwiseConvolution(
            norm(memory, relu: false, context), weight: depthwise.weight, bias: depthwise.bias,
            ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, dilation: 1))
        let keys = linear(
            reshape(local, [shape[0], shape[1] * shape[2], shape[3]]), weight: projection.weight, bias: projection.bias)
        source = .keys(l2Normalize(keys, axis: 2, epsilon: epsilon))
    }

    /// For every query and head the key most similar to the query: see `selectPrototypes`.
    package func mostSimilar(to query: Tensor, maskLogits: Tensor?, heads: Int) -> Variable {
        switch source {
        case .keys(let keys): selectPrototypes(memory: keys, query: query, maskLogits: maskLogits, heads: heads)
        case .tiles(let tiles):
            Variable(selectPrototypes(tiles: tiles, query: query, maskLogits: maskLogits, heads: heads))
        }
    }

    /// For every query the mean of the keys in its mask: see `maskedMean`.
    package func means(queryCount: Int, maskLogits: Tensor?) -> Variable {
        switch source {
        case .keys(let keys): return maskedMean(keys, queryCount: queryCount, maskLogits: maskLogits)
        case .tiles(let tiles):
            let attention = AttentionTiles(
                queries: nil, queryCount: queryCount, memory: tiles.shape, heads: 1, maskLogits: maskLogits)
            return Variable(
                attention.attend { image, pixels, body in
                    tiles.withTile(image: image, pixels: pixels) { keys in
                        AttentionRows.rearranging(
                            keys: nil, values: keys, count: pixels.count, heads: 1, width: tiles.shape[2], body)
                    }
                }.output)
        }
    }
}
