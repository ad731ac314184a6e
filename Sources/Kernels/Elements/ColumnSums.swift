import CKernels
import Tensors

/// Rows that are summed apart, so that no order of work changes the result.
private let columnSumGrain = 1024

/// The sum over all axes but the last: [..., C] -> [C]. The gradient of a bias.
package func columnSums(_ x: Tensor) -> Tensor {
    let (rows, channels) = (x.rows, x.channels)
    let chunks = max(1, (rows + columnSumGrain - 1) / columnSumGrain)
    let partial = Tensor(zeros: [chunks, channels])
    parallelRows(rows, grain: columnSumGrain) { range in
        pk_column_sums(
            x.data + range.lowerBound * channels, range.count, channels, channels,
            partial.data + range.lowerBound / columnSumGrain * channels)
    }
    let sums = Tensor(uninitialized: [channels])
    pk_column_sums(partial.data, chunks, channels, channels, sums.data)
    withExtendedLifetime((x, partial)) {}
    return sums
}
