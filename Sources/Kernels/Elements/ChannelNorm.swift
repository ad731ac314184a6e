import CKernels
import Tensors

/// y = (x − mean) · scale + shift by channel, then ReLU where wanted: what batch norm and stored affine maps
/// share. Each row is [C], x is [..., C].
package struct ChannelNorm: Sendable {
    /// [C] each.
    package let mean, scale, shift: Tensor
    /// Whether negative results become zero.
    package let relu: Bool

    /// mean, scale and shift are [C].
    package init(mean: Tensor, scale: Tensor, shift: Tensor, relu: Bool) {
        self.mean = mean
        self.scale = scale
        self.shift = shift
        self.relu = relu
    }

    private var channels: Int { mean.count }

    /// The norm alone.
    package var withoutReLU: ChannelNorm { ChannelNorm(mean: mean, scale: scale, shift: shift, relu: false) }

    /// x [..., C] -> [..., C], written to `y` where one is given; plus a residual of x's shape, before the ReLU.
    @discardableResult
    package func forward(_ x: Tensor, residual: Tensor? = nil, into y: Tensor? = nil) -> Tensor {
        let y = y ?? Tensor(uninitialized: x.shape)
        let streams = streams(to: y)
        forEachChunk(rows: x.rows, width: channels) { start, rows in
            forward(
                x.data + start, rows: rows, residual: residual.map { $0.data + start }, streams: streams,
                into: y.data + start)
        }
        return y
    }

    /// The same of `rows` rows, on the calling thread.
    func forward(
        _ x: UnsafePointer<Float>, rows: Int, residual: UnsafePointer<Float>? = nil, streams: Bool = false,
        into y: UnsafeMutablePointer<Float>
    ) {
        pk_channel_norm_forward(
            x, mean.data, scale.data, shift.data, residual, relu ? 1 : 0, streams ? 1 : 0, rows, channels, y)
    }

    private func streams(to y: Tensor) -> Bool { Destination.streams(to: y, from: y.data, stride: channels) }

    /// With g = dY where the ReLU let x through (computed again from x, without a residual): quantity 0 is Σ g,
    /// quantity 1 Σ g · (x − mean).
    package func gradientSums(_ x: Tensor, _ dY: Tensor, groups: Int = 1) -> RowSums {
        RowSums(groups: groups, rows: x.rows / groups, width: channels, quantities: 2) { offset, rows, _, sums in
            pk_add_channel_norm_sums(
                x.data + offset, dY.data + offset, mean.data, scale.data, shift.data, relu ? 1 : 0, rows, channels,
                sums, sums + channels)
        }
    }

    /// The same with g = dY where the output is positive, which is written `into` g: what the norm with a residual and
    /// ReLU lets through to both.
    package func gradientSums(_ x: Tensor, _ dY: Tensor, output: Tensor, groups: Int = 1, into g: Tensor) -> RowSums {
        let streams = streams(to: g)
        return RowSums(groups: groups, rows: x.rows / groups, width: channels, quantities: 2) {
            offset, rows, _, sums in
            pk_add_residual_norm_sums(
                x.data + offset, dY.data + offset, output.data + offset, mean.data, streams ? 1 : 0, rows, channels,
                sums, sums + channels, g.data + offset)
        }
    }

    /// g · scale + (x − mean) · slope + offset, written to `dX` where one is given; g is dY where the ReLU let x pass.
    @discardableResult
    package func dataGradient(
        _ x: Tensor, _ dY: Tensor, slope: Tensor, offset: Tensor, into dX: Tensor? = nil
    ) -> Tensor {
        let dX = dX ?? Tensor(uninitialized: x.shape)
        let streams = streams(to: dX)
        forEachChunk(rows: x.rows, width: channels) { start, rows in
            pk_channel_norm_backward(
                x.data + start, dY.data + start, mean.data, scale.data, shift.data, slope.data, offset.data,
                relu ? 1 : 0, streams ? 1 : 0, rows, channels, dX.data + start)
        }
        return dX
    }
}
