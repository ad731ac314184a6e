// The arg-max of PEM-CA over tiles of keys: similarities are looked at once and never kept.
import CKernels
import Kernels
import Tensors

/// Pixels whose keys are made and searched together: whole groups of tiles of the kernel that makes them.
private let tilePixels = 96
/// Tasks of an image, at most: few, since the lines at their edges are read twice.
private let mostTasks = 16

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
    /// What the similarities of a pixel are added to where nothing is excluded: [row].
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
        unmasked = Tensor((0..<row).map { $0 < queries ? 0 : -.infinity }, shape: [row])
        columns = Self.columns(query, row: row)
    }

    /// Queries [B, Q, C] -> [B, C, row].
    private static func columns(_ query: Tensor, row: Int) -> Tensor {
        let (images, queries, channels) = (query.shape[0], query.shape[1], query.shape[2])
        let columns = Tensor(zeros: [images, channels, row])
        for image in 0..<images {
            let (source, target) = (query.data + image * queries * channels, columns.data + image * channels * row)
            for channel in 0..<channels {
                for index in 0..<queries { target[channel * row + index] = source[index * channels + channel] }
            }
        }
        withExtendedLifetime(query) {}
        return columns
    }

    /// The index of the best pixel: [B, heads, Q]; 0 for a query that excludes all. `keys` calls its last argument
    /// with the keys [count, C] of some pixels of an image.
    func indices(
        keys: (_ image: Int, _ pixels: Range<Int>, _ body: (UnsafePointer<Float>) -> Void) -> Void
    ) -> [Int32] {
        let tiles = (pixels + tilePixels - 1) / tilePixels
        let chunks = min(tiles, mostTasks)
        let size = heads * row
        var best = [Float](repeating: -.infinity, count: images * chunks * size)
        var indices = [Int32](repeating: 0, count: images * chunks * size)
        best.withUnsafeMutableBufferPointer { best in
            indices.withUnsafeMutableBufferPointer { indices in
                guard let best = best.baseAddress, let indices = indices.baseAddress else { return }
                parallelFor(images * chunks) { index in
                    let (image, chunk) = (index / chunks, index % chunks)
                    for tile in chunk * tiles / chunks..<(chunk + 1) * tiles / chunks {
                        let tile = tile * tilePixels..<min((tile + 1) * tilePixels, pixels)
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
        let (starts, step) = starts(image, tile)
        let width = channels / heads
        for head in 0..<heads {
            pk_prototypes_search(
                keys + head * width, channels, width, columns.data + (image * channels + head * width) * row, row,
                starts.data, step, tile.count, tile.lowerBound, best + head * row, indices + head * row)
        }
        withExtendedLifetime((columns, starts)) {}
    }

    /// What similarities are added to, [pixels, row]; one row for all pixels where nothing is excluded.
    private func starts(_ image: Int, _ tile: Range<Int>) -> (starts: Tensor, step: Int) {
        guard isMasked[image], let maskLogits else { return (unmasked, 0) }
        let starts = Tensor(uninitialized: [tile.count, row])
        pk_prototypes_starts(
            maskLogits.data + (image * pixels + tile.lowerBound) * queries, tile.count, queries, row, starts.data)
        withExtendedLifetime(maskLogits) {}
        return (starts, row)
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
