import CKernels
import Kernels
import Tensors

/// Class scores of pixels, mixed from mask probabilities: Σ_q P(class | q) · P(pixel in mask q).
package struct SemanticMixing {
    /// A label map and, where wanted, the scores it comes from.
    package struct Result {
        /// [H · W]: the class with the largest score.
        package let labels: [UInt16]
        /// [K, H, W].
        package let scores: Tensor?
    }

    private let masks: MaskResampler
    /// [Q, K].
    private let classProbabilities: Tensor

    /// Masks, and the class probabilities [Q, K] of their queries.
    package init(masks: MaskResampler, classProbabilities: Tensor) {
        precondition(
            classProbabilities.shape.count == 2 && classProbabilities.shape[0] == masks.maskCount,
            "semantic mixing: \(classProbabilities.shape) for \(masks.maskCount) masks")
        self.masks = masks
        self.classProbabilities = classProbabilities
    }

    private var classCount: Int { classProbabilities.shape[1] }

    /// Scores of row `y`, [W, K], written to `scores`; `row` and `span` are scratch.
    private func mixRow(
        _ y: Int, row: UnsafeMutablePointer<Float>, span: UnsafeMutablePointer<Float>,
        scores: UnsafeMutablePointer<Float>
    ) {
        let (queries, classes) = (masks.maskCount, classCount)
        masks.combineRow(y, into: row)
        for start in stride(from: 0, to: masks.width, by: MaskResampler.span) {
            let range = start..<min(masks.width, start + MaskResampler.span)
            masks.probabilities(of: row, range, into: span)
            gemm(
                m: range.count, n: classes, k: queries, a: span, lda: queries, b: classProbabilities.data,
                ldb: classes, c: scores + start * classes, ldc: classes)
        }
    }

    /// Labels at the masks' own size.
    package func labels(wantsScores: Bool) -> Result {
        resizedLabels(
            rows: ResizeTaps(bilinear: masks.height, to: masks.height),
            columns: ResizeTaps(bilinear: masks.width, to: masks.width), isIdentity: true, wantsScores: wantsScores)
    }

    /// Labels where the mixed scores, not the masks, are resized to the output.
    package func labels(resizedTo height: Int, _ width: Int, wantsScores: Bool) -> Result {
        resizedLabels(
            rows: ResizeTaps(bilinear: masks.height, to: height), columns: ResizeTaps(bilinear: masks.width, to: width),
            isIdentity: (height, width) == (masks.height, masks.width), wantsScores: wantsScores)
    }

    /// A band of output rows a tile; its source rows are mixed once for the band.
    private func resizedLabels(rows: ResizeTaps, columns: ResizeTaps, isIdentity: Bool, wantsScores: Bool) -> Result {
        let (height, width, classes) = (rows.count, columns.count, classCount)
        let band = isIdentity ? 2 : 16
        let scores = wantsScores ? Tensor(uninitialized: [classes, height, width]) : nil
        let labels = [UInt16](unsafeUninitializedCapacity: height * width) { buffer, count in
            count = height * width
            guard let labels = buffer.baseAddress else { return }
            parallelRows(height, grain: band) { range in
                let (first, mixed) = mixedRows(for: range, rows)
                let result = Tensor(uninitialized: [width, classes])
                let line = Tensor(uninitialized: [masks.width, classes])
                for y in range {
                    var source = mixed.data + (y - first) * masks.width * classes
                    if !isIdentity {
                        combine(mixed, first: first, rows, y, into: line)
                        resize(line, columns, into: result)
                        source = result.data
                    }
                    arg_max_rows(source, width, classes, labels + y * width)
                    if let scores { transpose(source, y, scores) }
                }
            }
        }
        return Result(labels: labels, scores: scores)
    }

    /// The mixed rows that output rows `range` read, and the number of the first: [rows, W, K].
    private func mixedRows(for range: Range<Int>, _ rows: ResizeTaps) -> (first: Int, mixed: Tensor) {
        let used = (4 * range.lowerBound..<4 * range.upperBound).filter { rows.weights[$0] != 0 }
            .map { Int(rows.indices[$0]) }
        let (first, last) = (used.min() ?? 0, used.max() ?? 0)
        let mixed = Tensor(uninitialized: [last - first + 1, masks.width, classCount])
        let row = Tensor(uninitialized: [masks.rowCount])
        let span = Tensor(uninitialized: [MaskResampler.span, masks.maskCount])
        for y in first...last {
            mixRow(y, row: row.data, span: span.data, scores: mixed.data + (y - first) * masks.width * classCount)
        }
        return (first, mixed)
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
                combine_rows(sources.baseAddress, weights + 4 * y, line.count, line.data)
            }
        }
    }

    private func resize(_ line: Tensor, _ columns: ResizeTaps, into result: Tensor) {
        columns.indices.withUnsafeBufferPointer { indices in
            columns.weights.withUnsafeBufferPointer { weights in
                guard let indices = indices.baseAddress, let weights = weights.baseAddress else { return }
                resample_columns(line.data, indices, weights, columns.count, classCount, result.data)
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
