// The selection of PEM-CA (PEM, section 3.2; pem_transformer_decoder.py, most_similar_tokens): one pixel a
// query and head.
import Autodiff
import Tensors

/// For every query and head the token of the memory most similar to the query, heads side by side.
///
/// memory [B, N, C] and query [B, Q, C], both L2-normalised over C; maskLogits [B, N, Q]: positions below
/// zero are excluded for that query, unless every query of the image excludes everything; a query that alone
/// does gets position 0. Result [B, Q, C]. The gradient goes to the chosen tokens only. Saves the indices.
package func selectPrototypes(memory: Variable, query: Tensor, maskLogits: Tensor?, heads: Int) -> Variable {
    let (shape, source) = (memory.shape, memory.value)
    let search = PrototypeSearch(memory: shape, query: query, maskLogits: maskLogits, heads: heads)
    let (queries, pixels, channels) = (query.shape[1], shape[1], shape[2])
    let indices = search.indices { image, tile, body in
        body(source.data + (image * pixels + tile.lowerBound) * channels)
    }
    let prototypes = Tensor(uninitialized: query.shape)
    forEachHead(indices, shape, queries: queries, heads: heads) { row, token, width in
        (prototypes.data + row).update(from: source.data + token, count: width)
    }
    return record(prototypes, inputs: [memory]) { dY in
        let dMemory = Tensor(zeros: shape)
        forEachHead(indices, shape, queries: queries, heads: heads) { row, token, width in
            for i in 0..<width { dMemory.data[token + i] += dY.data[row + i] }
        }
        return [dMemory]
    }
}

/// The same from keys that are made tile by tile and never held; no graph.
func selectPrototypes(tiles: PrototypeTiles, query: Tensor, maskLogits: Tensor?, heads: Int) -> Tensor {
    let shape = tiles.shape
    let search = PrototypeSearch(memory: shape, query: query, maskLogits: maskLogits, heads: heads)
    let indices = search.indices { tiles.withTile(image: $0, pixels: $1, $2) }
    // The keys of the chosen pixels are made again.
    return tiles.chosen(indices, heads: heads)
}

/// Calls `body` with where a head lies in [B, Q, C] and in the memory, and its channels. One image has one
/// thread.
private func forEachHead(
    _ indices: [Int32], _ shape: [Int], queries: Int, heads: Int, _ body: (Int, Int, Int) -> Void
) {
    let (pixels, channels) = (shape[1], shape[2])
    let width = channels / heads
    parallelFor(shape[0]) { image in
        for head in 0..<heads {
            for query in 0..<queries {
                let pixel = Int(indices[(image * heads + head) * queries + query])
                body(
                    (image * queries + query) * channels + head * width,
                    (image * pixels + pixel) * channels + head * width, width)
            }
        }
    }
}
