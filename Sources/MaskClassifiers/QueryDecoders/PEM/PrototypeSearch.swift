// The arg-max of PEM-CA over tiles of keys: similarities are looked at once and never kept.
import CKernels
import Kernels
import Tensors

/// Pixels whose keys are made and searched together: about 128, in whole tiles of the kernel that makes them.
private let tilePixels = 128 / pk_convolution_tile_pixels() * pk_convolution_tile_pixels()
/// Tasks of an image, at most: few, since the lines at their edges are read twice.
private let tasks = 16

/// Queries [B, Q, C] in search of their most similar pixel, head by head, outside what mask logits exclude.
struct PrototypeSearch {
    private let images: Int
    private let pixels: Int
    private let channels: Int
    private let queries: Int
    private let heads: Int
    /// Q, rounded up to whole vectors.
    private let row: Int
    /// [B, heads, C / heads, row], zeros beyond Q.
    private let columns: Tensor
    private let maskLogits: Tensor?
    /// The mask logits of a pixel where nothing is excluded, below zero beyond Q: [row].
    private let unmasked: Tensor
    /// For each image whether anything is excluded.
    private let isMasked: [Bool]

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
        isMasked = (0..<images).map { image in
            maskLogits.map { pk_prototypes_any_allowed($0.data + image * size, size) != 0 } ?? false
        }
        let row = pk_prototypes_row(queries)
        self.row = row
        unmasked = Tensor((0..<row).map { $0 < queries ? 0 : -1 }, shape: [row])
        columns = Tensor(zeros: [images, channels, row])
        for image in 0..<images {
            for index in 0..<queries {
                for channel in 0..<channels {
                    columns.data[(image * channels + channel) * row + index] =
                        query.data[(image * queries + index) * channels + channel]
                }
            }
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
        let size = heads * row
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
                            search($0, image, tile, best: best + index * size, indices: indices + index * size)
                        }
                    }
                }
            }
        }
        return merged(best, indices, chunks: chunks)
    }

    /// Finds the best of some pixels of an image, [heads, row].
    private func search(
        _ keys: UnsafePointer<Float>, _ image: Int, _ tile: Range<Int>,
        best: UnsafeMutablePointer<Float>, indices: UnsafeMutablePointer<Int32>
    ) {
        let (logits, step) = wholeRows(image, tile)
        let width = channels / heads
        for head in 0..<heads {
            pk_prototypes_search(
                keys + head * width, channels, width, columns.data + (image * channels + head * width) * row, row,
                logits.data, step, tile.count, tile.lowerBound, best + head * row, indices + head * row)
        }
        withExtendedLifetime((columns, logits)) {}
    }

    /// The mask logits of some pixels [pixels, row], below zero beyond Q; one row for all where nothing is excluded.
    private func wholeRows(_ image: Int, _ tile: Range<Int>) -> (logits: Tensor, step: Int) {
        guard isMasked[image], let maskLogits else { return (unmasked, 0) }
        let logits = Tensor(uninitialized: [tile.count, row])
        var (source, target) = (maskLogits.data + (image * pixels + tile.lowerBound) * queries, logits.data)
        for _ in tile {
            target.update(from: source, count: queries)
            (target + queries).update(repeating: -1, count: row - queries)
            source += queries
            target += row
        }
        withExtendedLifetime(maskLogits) {}
        return (logits, row)
    }

    /// The best of all chunks; the first of equals stays.
    private func merged(_ best: [Float], _ indices: [Int32], chunks: Int) -> [Int32] {
        var result = [Int32](repeating: 0, count: images * heads * queries)
        for entry in result.indices {
            let (image, head, query) = (entry / queries / heads, entry / queries % heads, entry % queries)
            var value = -Float.infinity
            for chunk in 0..<chunks {
                let candidate = ((image * chunks + chunk) * heads + head) * row + query
                guard best[candidate] > value else { continue }
                value = best[candidate]
                result[entry] = indices[candidate]
            }
        }
        return result
    }
}
