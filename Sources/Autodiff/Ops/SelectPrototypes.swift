// The selection of PEM-CA (PEM, section 3.2; pem_transformer_decoder.py, most_similar_tokens): one pixel a
// query and head.
import CKernels
import Kernels
import Tensors

/// Pixels of which one task finds the best, and of which one product is made.
private let chunkPixels = 512
private let tilePixels = 128

/// For every query and head the token of the memory most similar to the query, heads side by side.
///
/// memory [B, N, C] and query [B, Q, C], both L2-normalised over C; maskLogits [B, N, Q]: positions below
/// zero are excluded for that query, unless every query of the image excludes everything; a query that alone
/// does gets position 0. Result [B, Q, C]. The gradient goes to the chosen tokens only. Saves the indices.
package func selectPrototypes(memory: Variable, query: Tensor, maskLogits: Tensor?, heads: Int) -> Variable {
    let indices = mostSimilar(memory: memory.value, query: query, maskLogits: maskLogits, heads: heads)
    let (shape, queries) = (memory.shape, query.shape[1])
    let (prototypes, source) = (Tensor(uninitialized: query.shape), memory.value)
    forEachHead(indices, shape, queries: queries, heads: heads) { place, token, width in
        (prototypes.data + place).update(from: source.data + token, count: width)
    }
    return record(prototypes, inputs: [memory]) { dY in
        let dMemory = Tensor(zeros: shape)
        forEachHead(indices, shape, queries: queries, heads: heads) { place, token, width in
            for i in 0..<width { dMemory.data[token + i] += dY.data[place + i] }
        }
        return [dMemory]
    }
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

/// The index of the best pixel: [B, heads, Q].
private func mostSimilar(memory: Tensor, query: Tensor, maskLogits: Tensor?, heads: Int) -> [Int32] {
    let shape = memory.shape
    let queries = query.shape.count == 3 ? query.shape[1] : 0
    precondition(
        shape.count == 3 && query.shape == [shape[0], queries, shape[2]] && shape[2] % heads == 0
            && shape[1] > 0,
        "selectPrototypes: memory \(shape), query \(query.shape), \(heads) heads")
    precondition(
        maskLogits.map { $0.shape == [shape[0], shape[1], queries] } ?? true,
        "selectPrototypes: memory \(shape), query \(query.shape), mask logits \(maskLogits?.shape ?? [])")
    let (images, pixels) = (shape[0], shape[1])
    // PARITY: an image all of whose queries exclude everything is searched without the mask.
    let masks = (0..<images).map { image -> UnsafePointer<Float>? in
        guard let logits = maskLogits.map({ $0.data + image * pixels * queries }) else { return nil }
        return prototypes_any_allowed(logits, pixels * queries) != 0 ? UnsafePointer(logits) : nil
    }
    let chunks = (pixels + chunkPixels - 1) / chunkPixels
    let size = heads * queries
    var best = [Float](repeating: -.infinity, count: images * chunks * size)
    var indices = [Int32](repeating: 0, count: images * chunks * size)
    best.withUnsafeMutableBufferPointer { best in
        indices.withUnsafeMutableBufferPointer { indices in
            guard let best = best.baseAddress, let indices = indices.baseAddress else { return }
            parallelFor(images * chunks) { index in
                let (image, first) = (index / chunks, index % chunks * chunkPixels)
                scan(
                    memory, query, mask: masks[image], image: image,
                    pixels: first..<min(pixels, first + chunkPixels), heads: heads,
                    best: best + index * size, indices: indices + index * size)
            }
        }
    }
    withExtendedLifetime(maskLogits) {}
    return merged(best, indices, images: images, chunks: chunks, size: size)
}

/// Finds the best of some pixels of an image, [heads, Q].
private func scan(
    _ memory: Tensor, _ query: Tensor, mask: UnsafePointer<Float>?, image: Int, pixels: Range<Int>,
    heads: Int, best: UnsafeMutablePointer<Float>, indices: UnsafeMutablePointer<Int32>
) {
    let (queries, channels) = (query.shape[1], memory.shape[2])
    let width = channels / heads
    let similarity = Tensor(uninitialized: [tilePixels, queries])
    for first in stride(from: pixels.lowerBound, to: pixels.upperBound, by: tilePixels) {
        let count = min(tilePixels, pixels.upperBound - first)
        for head in 0..<heads {
            gemm(
                transposeB: true, m: count, n: queries, k: width,
                a: memory.data + (image * memory.shape[1] + first) * channels + head * width, lda: channels,
                b: query.data + image * queries * channels + head * width, ldb: channels, c: similarity.data,
                ldc: queries)
            prototypes_scan(
                similarity.data, mask.map { $0 + first * queries }, count, queries, first,
                best + head * queries, indices + head * queries)
        }
    }
}

/// The best of all chunks; the first of equals stays.
private func merged(_ best: [Float], _ indices: [Int32], images: Int, chunks: Int, size: Int) -> [Int32] {
    var result = [Int32](repeating: 0, count: images * size)
    for image in 0..<images {
        for entry in 0..<size {
            var value = -Float.infinity
            for chunk in 0..<chunks {
                let candidate = (image * chunks + chunk) * size + entry
                guard best[candidate] > value else { continue }
                value = best[candidate]
                result[image * size + entry] = indices[candidate]
            }
        }
    }
    return result
}
