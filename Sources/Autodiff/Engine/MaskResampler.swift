import CKernels
import Tensors

/// Mask logits at stride 4 seen at any larger size, a row of pixels at a time: queries × height × width is never held.
package struct MaskResampler {
    /// Pixels that are handled together: their probabilities stay in the cache.
    package static let span = 64

    private let logits: Tensor
    private let rows: ResizeTaps
    private let columns: ResizeTaps

    /// Logits [h, w, Q], and how its rows and columns are resized.
    package init(logits: Tensor, rows: ResizeTaps, columns: ResizeTaps) {
        precondition(logits.shape.count == 3, "mask resampler: shape \(logits.shape)")
        self.logits = logits
        self.rows = rows
        self.columns = columns
    }

    /// The number of masks.
    package var maskCount: Int { logits.shape[2] }
    /// Size of the result.
    package var height: Int { rows.count }
    /// Size of the result.
    package var width: Int { columns.count }
    /// Floats that `withRow` needs.
    package var rowCount: Int { logits.shape[1] * maskCount }

    /// Output row `y` before its columns are resized: [w, Q], written to `row`.
    package func combineRow(_ y: Int, into row: UnsafeMutablePointer<Float>) {
        rows.combineRow(y, of: logits.data, rowCount: rowCount, into: row)
    }

    /// Mask probabilities of the output pixels in `range` of the row in `row`: [pixels, Q].
    package func probabilities(
        of row: UnsafePointer<Float>, _ range: Range<Int>, into result: UnsafeMutablePointer<Float>
    ) {
        resample(row, range, into: result, pk_resample_sigmoid)
    }

    /// Mask logits of the output pixels in `range` of the row in `row`: [pixels, Q].
    package func logits(
        of row: UnsafePointer<Float>, _ range: Range<Int>, into result: UnsafeMutablePointer<Float>
    ) {
        resample(row, range, into: result, pk_resample_columns)
    }

    private typealias Kernel = (
        UnsafePointer<Float>?, UnsafePointer<Int32>?, UnsafePointer<Float>?, Int, Int, UnsafeMutablePointer<Float>?
    ) -> Void

    private func resample(
        _ row: UnsafePointer<Float>, _ range: Range<Int>, into result: UnsafeMutablePointer<Float>, _ kernel: Kernel
    ) {
        columns.indices.withUnsafeBufferPointer { indices in
            columns.weights.withUnsafeBufferPointer { weights in
                guard let indices = indices.baseAddress, let weights = weights.baseAddress else { return }
                let start = 4 * range.lowerBound
                kernel(row, indices + start, weights + start, range.count, maskCount, result)
            }
        }
    }
}
