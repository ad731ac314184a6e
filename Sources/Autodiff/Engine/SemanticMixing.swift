import CKernels
import Kernels
import Tensors

/// Class scores of pixels, a row at a time: mixed from mask probabilities, Σ_q P(class | q) · P(pixel in mask q), or
/// taken from a map of scores.
package struct SemanticMixing {
    /// A label map and, where wanted, the scores it comes from.
    package struct Result {
        /// [H · W]: the class with the largest score.
        package let labels: [UInt16]
        /// [K, H, W].
        package let scores: Tensor?
    }

    private enum Source {
        /// Masks, and the class probabilities [Q, K] of their queries.
        case masks(MaskResampler, Tensor)
        /// [H, W, K].
        case scores(Tensor)
    }

    private let source: Source
    /// Size of the scores before they are resized.
    private let height, width: Int
    private let classCount: Int

    /// Masks, and the class probabilities [Q, K] of their queries.
    package init(masks: MaskResampler, classProbabilities: Tensor) {
        precondition(
            classProbabilities.shape.count == 2 && classProbabilities.shape[0] == masks.maskCount,
            "semantic mixing: \(classProbabilities.shape) for \(masks.maskCount) masks")
        source = .masks(masks, classProbabilities)
        (height, width, classCount) = (masks.height, masks.width, classProbabilities.shape[1])
    }

    /// Scores [H, W, K].
    package init(scores: Tensor) {
        precondition(scores.shape.count == 3, "semantic mixing: scores \(scores.shape)")
        source = .scores(scores)
        (height, width, classCount) = (scores.shape[0], scores.shape[1], scores.shape[2])
    }

    /// Labels at the scores' own size.
    package func labels(wantsScores: Bool) -> Result { labels(resizedTo: height, width, wantsScores: wantsScores) }

    /// Labels where the scores are resized to the output.
    package func labels(resizedTo height: Int, _ width: Int, wantsScores: Bool) -> Result {
        let scores = wantsScores ? Tensor(uninitialized: [classCount, height, width]) : nil
        let labels = [UInt16](unsafeUninitializedCapacity: height * width) { buffer, count in
            count = height * width
            guard let labels = buffer.baseAddress else { return }
            forEachRow(height, width) { y, row in
                pk_arg_max_rows(row, width, classCount, labels + y * width)
                if let scores { transpose(row, y, scores) }
            }
        }
        return Result(labels: labels, scores: scores)
    }

    /// Adds the scores, resized to `height` × `width`, to a part of `sums` [H, W, K] whose upper left pixel is
    /// (`x`, `y`); left and right exchanged where they come from a mirrored image. Writes into `sums` itself.
    package func add(
        resizedTo height: Int, _ width: Int, to sums: Tensor, x: Int = 0, y: Int = 0, isMirrored: Bool = false
    ) {
        precondition(
            sums.shape.count == 3 && sums.shape[2] == classCount && y + height <= sums.shape[0]
                && x + width <= sums.shape[1], "add: \(height)×\(width) at (\(x), \(y)) of \(sums.shape)")
        let classes = classCount
        forEachRow(height, width) { row, scores in
            let target = sums.data + ((y + row) * sums.shape[1] + x) * classes
            for pixel in 0..<width {
                let from = scores + (isMirrored ? width - 1 - pixel : pixel) * classes
                for kind in 0..<classes { target[pixel * classes + kind] += from[kind] }
            }
        }
    }

    /// Calls `body` with every row of the scores resized to `height` × `width`, [W, K], several at once. A band of
    /// rows is a tile; its source rows are mixed once for the band.
    private func forEachRow(_ height: Int, _ width: Int, _ body: (Int, UnsafePointer<Float>) -> Void) {
        let isIdentity = (height, width) == (self.height, self.width)
        let rows = ResizeTaps(bilinear: self.height, to: height)
        let columns = ResizeTaps(bilinear: self.width, to: width)
        parallelRows(height, grain: isIdentity ? 2 : 16) { range in
            let (first, mixed) = sourceRows(for: range, rows)
            let result = Tensor(uninitialized: [width, classCount])
            let line = Tensor(uninitialized: [self.width, classCount])
            for y in range {
                if isIdentity {
                    body(y, mixed.data + (y - first) * line.count)
                } else {
                    combine(mixed, first: first, rows, y, into: line)
                    resize(line, columns, into: result)
                    body(y, result.data)
                }
            }
        }
    }

    /// The rows that output rows `range` read, and the number of the first: [rows, W, K].
    private func sourceRows(for range: Range<Int>, _ rows: ResizeTaps) -> (first: Int, scores: Tensor) {
        let used = (4 * range.lowerBound..<4 * range.upperBound).filter { rows.weights[$0] != 0 }
            .map { Int(rows.indices[$0]) }
        let (first, last) = (used.min() ?? 0, used.max() ?? 0)
        switch source {
        case .scores(let scores):
            return (first, scores.items(first..<last + 1))
        case .masks(let masks, let classProbabilities):
            let mixed = Tensor(uninitialized: [last - first + 1, width, classCount])
            let row = Tensor(uninitialized: [masks.rowCount])
            let span = Tensor(uninitialized: [MaskResampler.span, masks.maskCount])
            for y in first...last {
                mixRow(
                    y, masks, classProbabilities, row: row.data, span: span.data,
                    scores: mixed.data + (y - first) * width * classCount)
            }
            return (first, mixed)
        }
    }

    /// Scores of row `y`, [W, K], written to `scores`; `row` and `span` are scratch.
    private func mixRow(
        _ y: Int, _ masks: MaskResampler, _ classProbabilities: Tensor, row: UnsafeMutablePointer<Float>,
        span: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>
    ) {
        let (queries, classes) = (masks.maskCount, classCount)
        masks.combineRow(y, into: row)
        for start in stride(from: 0, to: width, by: MaskResampler.span) {
            let range = start..<min(width, start + MaskResampler.span)
            masks.probabilities(of: row, range, into: span)
            gemm(
                m: range.count, n: classes, k: queries, a: span, lda: queries, b: classProbabilities.data,
                ldb: classes, c: scores + start * classes, ldc: classes)
        }
    }

    private func combine(_ mixed: Tensor, first: Int, _ rows: ResizeTaps, _ y: Int, into line: Tensor) {
        let last = mixed.shape[0] - 1
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 4) { sources in
            for tap in 0..<4 {
                let place = min(max(Int(rows.indices[4 * y + tap]) - first, 0), last)
                sources[tap] = UnsafePointer(mixed.data + place * line.count)
            }
            rows.weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                pk_combine_rows(sources.baseAddress, weights + 4 * y, line.count, line.data)
            }
        }
    }

    private func resize(_ line: Tensor, _ columns: ResizeTaps, into result: Tensor) {
        columns.indices.withUnsafeBufferPointer { indices in
            columns.weights.withUnsafeBufferPointer { weights in
                guard let indices = indices.baseAddress, let weights = weights.baseAddress else { return }
                pk_resample_columns(line.data, indices, weights, columns.count, classCount, result.data)
            }
        }
    }

    private func transpose(_ row: UnsafePointer<Float>, _ y: Int, _ scores: Tensor) {
        let (classes, width) = (classCount, scores.shape[2])
        for kind in 0..<classes {
            let target = scores.data + (kind * scores.shape[1] + y) * width
            for x in 0..<width { target[x] = row[x * classes + kind] }
        }
    }
}
