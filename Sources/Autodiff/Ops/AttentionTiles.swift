// The tiles of masked attention: scores exist for one tile of pixels and one head at a time.
import CKernels
import Glibc
import Kernels
import Tensors

/// Pixels whose keys and values are in the cache together.
private let tilePixels = 120
/// Parts of an image, each with sums of its own.
private let mostParts = 32

/// Keys and values of some pixels of an image, head by head: [heads, pixels, row width], zeros beyond the width of a
/// head.
package struct AttentionRows {
    let keys: UnsafePointer<Float>
    let values: UnsafePointer<Float>

    /// The first floats.
    package init(keys: UnsafePointer<Float>, values: UnsafePointer<Float>) {
        (self.keys, self.values) = (keys, values)
    }

    /// Calls `body` with keys and values that lie pixel by pixel, `heads` · `width` floats each; null keys are not
    /// read.
    package static func rearranging(
        keys: UnsafePointer<Float>?, values: UnsafePointer<Float>, count: Int, heads: Int, width: Int,
        _ body: (AttentionRows) -> Void
    ) {
        let size = count * heads * pk_attention_row_width(width)
        let rows = Tensor(uninitialized: [2, size])
        pk_attention_pack(values, heads * width, count, heads, width, rows.data)
        if let keys { pk_attention_pack(keys, heads * width, count, heads, width, rows.data + size) }
        body(AttentionRows(keys: rows.data + size, values: rows.data))
        withExtendedLifetime(rows) {}
    }
}

/// Queries that attend to pixels, image by image and head by head.
package struct AttentionTiles {
    /// What the queries gather, and what the gradient needs beside it.
    package struct Result {
        /// [B, Q, C].
        package let output: Tensor
        /// Of each row of scores, times log₂ e, the maximum and 1 / Σ 2^(score − maximum): [B, heads, stride].
        let most, inverseSums: Tensor
    }

    let images, pixels, channels, queries, heads: Int
    /// Queries, rounded up to whole vectors: those beyond are zeros.
    let stride: Int
    /// One for each image and head; none where all scores are equal.
    private let matrices: [PackedMatrix]
    private let mask: AttentionMask?

    /// Queries [B, Q, C], or nil for `queryCount` queries to which all pixels are alike; memory [B, N, C] as in
    /// `maskedAttention`; mask logits [B, N, Q].
    package init(queries: Tensor?, queryCount: Int, memory: [Int], heads: Int, maskLogits: Tensor?) {
        precondition(
            memory.count == 3 && memory[1] > 0 && heads > 0 && memory[2] % heads == 0
                && queries.map { $0.shape == [memory[0], queryCount, memory[2]] } ?? true
                && maskLogits.map { $0.shape == [memory[0], memory[1], queryCount] } ?? true,
            "attention: memory \(memory), \(queryCount) queries, \(heads) heads, "
                + "mask logits \(maskLogits?.shape ?? [])")
        (images, pixels, channels) = (memory[0], memory[1], memory[2])
        let stride = (queryCount + 15) / 16 * 16
        (self.queries, self.heads, self.stride) = (queryCount, heads, stride)
        let factor = Float(M_LOG2E / Double(memory[2] / heads).squareRoot())
        matrices = queries.map { Self.packed(Self.padded($0, rows: stride, factor: factor), heads: heads) } ?? []
        mask = maskLogits.map { AttentionMask($0, stride: stride) }
    }

    /// Channels of a head.
    var width: Int { channels / heads }
    /// The same, rounded up to whole vectors.
    var rowWidth: Int { pk_attention_row_width(width) }
    private var tiles: Int { (pixels + tilePixels - 1) / tilePixels }
    private var partPixels: Int { (tiles + mostParts - 1) / mostParts * tilePixels }
    /// Parts of an image.
    var parts: Int { (pixels + partPixels - 1) / partPixels }

    /// [B, Q, C] -> [B, rows, C] times the factor, zeros in the rows beyond Q.
    static func padded(_ x: Tensor, rows: Int, factor: Float) -> Tensor {
        let result = Tensor(zeros: [x.shape[0], rows, x.channels])
        let size = x.shape[1] * x.channels
        for image in 0..<x.shape[0] {
            for i in 0..<size { result.data[image * rows * x.channels + i] = x.data[image * size + i] * factor }
        }
        return result
    }

    /// Matrices that multiply rows of pixels by the heads of [B, rows, C], image by image.
    static func packed(_ x: Tensor, heads: Int) -> [PackedMatrix] {
        let (rows, channels) = (x.shape[1], x.channels)
        return (0..<x.shape[0] * heads).map { index in
            PackedMatrix(
                x.data + index / heads * rows * channels + index % heads * (channels / heads), outputs: rows,
                inputs: channels / heads, outputStep: channels)
        }
    }

    /// Calls `body` with every tile: the image, the part of all images' parts, and the pixels. A part's tiles come in
    /// order, on one thread.
    func forEachTile(_ body: (_ image: Int, _ part: Int, _ tile: Range<Int>, _ scratch: Scratch) -> Void) {
        parallelFor(images * parts) { part in
            let (image, start) = (part / parts, part % parts * partPixels)
            let end = min(pixels, start + partPixels)
            let scratch = Scratch(stride: stride)
            for first in Swift.stride(from: start, to: end, by: tilePixels) {
                body(image, part, first..<min(first + tilePixels, end), scratch)
            }
        }
    }

    /// Memory for what a tile computes.
    struct Scratch {
        /// [tile, stride].
        let scores, products: Tensor
        /// [stride].
        let factors: Tensor

        init(stride: Int) {
            scores = Tensor(uninitialized: [tilePixels, stride])
            products = Tensor(uninitialized: [tilePixels, stride])
            factors = Tensor(uninitialized: [stride])
        }
    }

    /// The scores of a head, [tile, stride].
    func score(_ image: Int, _ head: Int, _ rows: AttentionRows, _ count: Int, into scores: Tensor) {
        guard !matrices.isEmpty else {
            return scores.data.update(repeating: 0, count: count * stride)
        }
        matrices[image * heads + head].multiplyPadded(
            rows.keys + head * count * rowWidth, rows: count, inputStride: rowWidth, into: scores.data)
    }

    /// The mask's bits from a pixel on, and the words of a row; nil where nothing is masked.
    func bits(_ image: Int, _ pixel: Int) -> (bits: UnsafePointer<UInt32>?, words: Int) {
        (mask?.bits(image: image, pixel: pixel), mask?.words ?? 0)
    }

    /// Softmax and mix, with a running maximum and sum for each query and head. `rows` calls its last argument with the
    /// keys and values of some pixels of an image.
    package func attend(
        _ rows: (_ image: Int, _ pixels: Range<Int>, _ body: (AttentionRows) -> Void) -> Void
    ) -> Result {
        let size = queries * rowWidth
        let mixes = Tensor(zeros: [images * parts, heads, size])
        let most = Tensor(repeating: -.infinity, shape: [images * parts, heads, stride])
        let sums = Tensor(zeros: most.shape)
        forEachTile { image, part, tile, scratch in
            let (bits, words) = bits(image, tile.lowerBound)
            rows(image, tile) { rows in
                for head in 0..<heads {
                    let index = part * heads + head
                    score(image, head, rows, tile.count, into: scratch.scores)
                    pk_attention_softmax(
                        scratch.scores.data, stride, bits, words, tile.count, most.data + index * stride,
                        sums.data + index * stride, scratch.factors.data)
                    pk_attention_mix(
                        scratch.scores.data, stride, tile.count, queries,
                        rows.values + head * tile.count * rowWidth, rowWidth, scratch.factors.data,
                        mixes.data + index * size)
                }
            }
        }
        return merged(mixes, most: most, sums: sums)
    }

    /// The softmax over all parts, added in their order.
    private func merged(_ mixes: Tensor, most: Tensor, sums: Tensor) -> Result {
        let result = Result(
            output: Tensor(zeros: [images, queries, channels]),
            most: Tensor(repeating: -.infinity, shape: [images, heads, stride]),
            inverseSums: Tensor(uninitialized: [images, heads, stride]))
        parallelFor(images * heads) { index in
            let (image, head) = (index / heads, index % heads)
            let (top, inverse) = (result.most.data + index * stride, result.inverseSums.data + index * stride)
            let places = (image * parts..<(image + 1) * parts).map { $0 * heads + head }
            for place in places {
                for query in 0..<stride { top[query] = max(top[query], most.data[place * stride + query]) }
            }
            func weight(_ place: Int, _ query: Int) -> Double {
                let own = most.data[place * stride + query]
                return own == -.infinity ? 0 : exp2(Double(own) - Double(top[query]))
            }
            for query in 0..<stride {
                let sum = places.reduce(0) { $0 + Double(sums.data[$1 * stride + query]) * weight($1, query) }
                inverse[query] = Float(1 / sum)
            }
            var factors = [Float](repeating: 0, count: stride)
            for place in places {
                for query in 0..<queries { factors[query] = Float(weight(place, query)) * inverse[query] }
                add(mixes, place, factors, to: result.output, image: image, head: head)
            }
        }
        return result
    }

    /// Adds the sums of a part and head, times a factor for each query, to [B, Q, C].
    func add(_ sums: Tensor, _ place: Int, _ factors: [Float], to target: Tensor, image: Int, head: Int) {
        pk_attention_add(
            sums.data + place * queries * rowWidth, queries, width, factors,
            target.data + image * queries * channels + head * width, channels)
    }
}
