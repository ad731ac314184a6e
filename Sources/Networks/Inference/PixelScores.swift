import Annotations
import CKernels
import Kernels
import Tensors

/// Class scores of the pixels of one image, a row at a time: classes × height × width is never held.
///
/// They are a map of scores seen at the output's size, or mixed from masks, Σ_q P(class | q) · P(pixel in mask q), and
/// where masks have another size than the output, resized after that.
package struct PixelScores {
    /// A label map and, where wanted, the scores it comes from.
    package struct Result {
        /// [H · W]: the class with the largest score.
        package let labels: [UInt16]
        /// [K, H, W].
        package let scores: Tensor?
    }

    /// Masks, or scores.
    private let map: MapResampler
    /// [Q, K] where the map is of masks.
    private let classProbabilities: Tensor?
    /// The size that the scores are read at.
    package let output: ImageSize
    /// Whether the softmax over the classes makes probabilities of them.
    package let areLogits: Bool
    private let classCount: Int

    /// Masks, and the class probabilities [Q, K] of their queries; the mixed scores are resized to `output` (default:
    /// the size of the masks).
    package init(masks: MapResampler, classProbabilities: Tensor, output: ImageSize? = nil) {
        precondition(
            classProbabilities.shape.count == 2 && classProbabilities.shape[0] == masks.channels,
            "pixel scores: \(classProbabilities.shape) for \(masks.channels) masks")
        map = masks
        self.classProbabilities = classProbabilities
        self.output = output ?? masks.size
        areLogits = false
        classCount = classProbabilities.shape[1]
    }

    /// A map of scores or logits at the size of the output.
    package init(scores: MapResampler, areLogits: Bool) {
        map = scores
        classProbabilities = nil
        output = scores.size
        self.areLogits = areLogits
        classCount = scores.channels
    }

    /// Scores [H, W, K], resized to `output`.
    package init(scores: Tensor, output: ImageSize, areLogits: Bool = false) {
        self.init(
            scores: MapResampler(
                scores, rows: ResizeTaps(bilinear: scores.shape[0], to: output.height),
                columns: ResizeTaps(bilinear: scores.shape[1], to: output.width)), areLogits: areLogits)
    }

    /// The class of each pixel.
    package func labels(wantsScores: Bool) -> Result {
        let (height, width) = (output.height, output.width)
        let scores = wantsScores ? Tensor(uninitialized: [classCount, height, width]) : nil
        let labels = [UInt16](unsafeUninitializedCapacity: height * width) { buffer, count in
            count = height * width
            guard let labels = buffer.baseAddress else { return }
            forEachRow { y, row in
                pk_arg_max_rows(row, width, classCount, labels + y * width)
                if let scores { transpose(row, y, scores) }
            }
        }
        return Result(labels: labels, scores: scores)
    }

    /// Adds the scores to a part of `sums` [H, W, K] whose upper left pixel is (`x`, `y`); left and right exchanged
    /// where they come from a mirrored image; of logits, where `asProbabilities`, their softmax. Writes into `sums`
    /// itself.
    package func add(
        to sums: Tensor, x: Int = 0, y: Int = 0, isMirrored: Bool = false, asProbabilities: Bool = false
    ) {
        let (width, classes) = (output.width, classCount)
        precondition(
            sums.shape.count == 3 && sums.shape[2] == classes && y + output.height <= sums.shape[0]
                && x + width <= sums.shape[1], "add: \(output) at (\(x), \(y)) of \(sums.shape)")
        forEachRow { row, values in
            let target = sums.data + ((y + row) * sums.shape[1] + x) * classes
            let probabilities = asProbabilities && areLogits ? Tensor(uninitialized: [width, classes]) : nil
            if let probabilities { pk_softmax_forward(values, width, classes, probabilities.data) }
            let scores = probabilities.map { UnsafePointer($0.data) } ?? values
            for pixel in 0..<width {
                let from = scores + (isMirrored ? width - 1 - pixel : pixel) * classes
                for kind in 0..<classes { target[pixel * classes + kind] += from[kind] }
            }
            withExtendedLifetime(probabilities) {}
        }
    }

    /// Calls `body` with every row of the scores at the output's size, [W, K], several at once. A band of rows is a
    /// tile; its source rows are mixed once for the band.
    private func forEachRow(_ body: (Int, UnsafePointer<Float>) -> Void) {
        let source = map.size
        let isIdentity = output == source
        let rows = ResizeTaps(bilinear: source.height, to: output.height)
        let columns = ResizeTaps(bilinear: source.width, to: output.width)
        parallelRows(output.height, grain: isIdentity ? 2 : 16) { range in
            let (first, mixed) = sourceRows(for: range, rows)
            let result = Tensor(uninitialized: [output.width, classCount])
            let line = Tensor(uninitialized: [source.width, classCount])
            for y in range {
                if isIdentity {
                    body(y, mixed.data + (y - first) * line.count)
                } else {
                    rows.combineRow(y, of: mixed.data - first * line.count, rowCount: line.count, into: line.data)
                    columns.resample(
                        line.data, 0..<output.width, channels: classCount, into: result.data, pk_resample_columns)
                    body(y, result.data)
                }
            }
        }
    }

    /// The rows that output rows `range` read, and the number of the first: [rows, W, K].
    private func sourceRows(for range: Range<Int>, _ rows: ResizeTaps) -> (first: Int, scores: Tensor) {
        let used = rows.inputs(range)
        let mixed = Tensor(uninitialized: [used.count, map.size.width, classCount])
        let row = Tensor(uninitialized: [map.rowCount])
        let span = Tensor(uninitialized: [MapResampler.span, map.channels])
        for (line, y) in used.enumerated() {
            map.combineRow(y, into: row.data)
            mixRow(row.data, span: span.data, scores: mixed.data + line * map.size.width * classCount)
        }
        withExtendedLifetime((row, span)) {}
        return (used.lowerBound, mixed)
    }

    /// Scores [W, K] of a row of the map, written to `scores`; `span` is scratch.
    private func mixRow(
        _ row: UnsafePointer<Float>, span: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>
    ) {
        let width = map.size.width
        guard let classProbabilities else { return map.values(of: row, 0..<width, into: scores) }
        let (queries, classes) = (map.channels, classCount)
        for start in stride(from: 0, to: width, by: MapResampler.span) {
            let range = start..<min(width, start + MapResampler.span)
            map.probabilities(of: row, range, into: span)
            gemm(
                m: range.count, n: classes, k: queries, a: span, lda: queries, b: classProbabilities.data,
                ldb: classes, c: scores + start * classes, ldc: classes)
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
