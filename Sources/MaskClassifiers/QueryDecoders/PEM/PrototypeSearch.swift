// The arg-max of PEM-CA over tiles of keys: similarities are looked at once and never kept.
import CKernels
import Kernels
import Tensors

/// Pixels of which one product is made.
private let tilePixels = 128
/// Tasks of an image, at most: few, since the lines at their edges are read twice.
private let tasks = 16

/// Queries [B, Q, C] in search of their most similar pixel, head by head, outside what mask logits exclude.
struct PrototypeSearch {
    private let images: Int
    private let pixels: Int
    private let channels: Int
    private let queries: Int
    private let heads: Int
    /// One for each image and head.
    private let matrices: [PackedMatrix]
    private let maskLogits: Tensor?
    /// One for each image; nil where nothing is excluded.
    private let masks: [UnsafePointer<Float>?]

    /// `memory` is the keys' shape [B, N, C]; maskLogits [B, N, Q]: positions below zero are excluded for that
    /// query, unless every query of the image excludes everything.
    init(memory: [Int], query: Tensor, maskLogits: Tensor?, heads: Int) {
        let queries = query.shape.count == 3 ? query.shape[1] : 0
        precondition(
            memory.count == 3 && query.shape == [memory[0], queries, memory[2]] && memory[2] % heads == 0
                && memory[1] > 0,
            "selectPrototypes: memory \(memory), query \(query.shape), \(heads) heads")
        (images, pixels, channels) = (memory[0], memory[1], memory[2])
        (self.queries, self.heads) = (queries, heads)
        let size = pixels * queries
        precondition(
            maskLogits.map { $0.shape == [memory[0], memory[1], query.shape[1]] } ?? true,
            "selectPrototypes: memory \(memory), query \(query.shape), mask logits \(maskLogits?.shape ?? [])")
        self.maskLogits = maskLogits
        // PARITY: an image all of whose queries exclude everything is searched without the mask.
        masks = (0..<images).map { image in
            guard let logits = maskLogits.map({ $0.data + image * size }) else { return nil }
            return pk_prototypes_any_allowed(logits, size) != 0 ? UnsafePointer(logits) : nil
        }
        let (channels, width) = (memory[2], memory[2] / heads)
        matrices = (0..<memory[0] * heads).map { index in
            PackedMatrix(
                query.data + index / heads * queries * channels + index % heads * width, outputs: queries,
                inputs: width, outputStep: channels)
        }
        withExtendedLifetime(query) {}
    }

    /// The index of the best pixel: [B, heads, Q]; 0 for a query that excludes all. `keys` calls its last argument
    /// with the keys [count, C] of some pixels of an image.
    func indices(
        keys: (_ image: Int, _ pixels: Range<Int>, _ body: (UnsafePointer<Float>) -> Void) -> Void
    ) -> [Int32] {
        let tiles = (pixels + tilePixels - 1) / tilePixels
        let chunkPixels = (tiles + tasks - 1) / tasks * tilePixels
        let chunks = (pixels + chunkPixels - 1) / chunkPixels
        let size = heads * queries
        var best = [Float](repeating: -.infinity, count: images * chunks * size)
        var indices = [Int32](repeating: 0, count: images * chunks * size)
        best.withUnsafeMutableBufferPointer { best in
            indices.withUnsafeMutableBufferPointer { indices in
                guard let best = best.baseAddress, let indices = indices.baseAddress else { return }
                parallelFor(images * chunks) { index in
                    let (image, start) = (index / chunks, index % chunks * chunkPixels)
                    let end = min(pixels, start + chunkPixels)
                    for first in stride(from: start, to: end, by: tilePixels) {
                        let tile = first..<min(first + tilePixels, end)
                        keys(image, tile) {
                            scan($0, image, tile, best: best + index * size, indices: indices + index * size)
                        }
                    }
                }
            }
        }
        withExtendedLifetime(maskLogits) {}
        return merged(best, indices, chunks: chunks)
    }

    /// Finds the best of some pixels of an image, [heads, Q].
    private func scan(
        _ keys: UnsafePointer<Float>, _ image: Int, _ tile: Range<Int>,
        best: UnsafeMutablePointer<Float>, indices: UnsafeMutablePointer<Int32>
    ) {
        let columns = matrices[0].paddedOutputs
        let similarity = Tensor(uninitialized: [tilePixels, columns])
        for head in 0..<heads {
            matrices[image * heads + head].multiplyPadded(
                keys + head * (channels / heads), rows: tile.count, inputStride: channels, into: similarity.data)
            pk_prototypes_scan(
                similarity.data, columns, masks[image].map { $0 + tile.lowerBound * queries }, tile.count,
                queries, tile.lowerBound, best + head * queries, indices + head * queries)
        }
        withExtendedLifetime(similarity) {}
    }

    /// The best of all chunks; the first of equals stays.
    private func merged(_ best: [Float], _ indices: [Int32], chunks: Int) -> [Int32] {
        let size = heads * queries
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
}
