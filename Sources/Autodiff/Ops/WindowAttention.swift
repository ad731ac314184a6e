import CKernels
import Kernels
import Tensors

/// Multiply-adds of a chunk of windows in the forward pass.
private let workGrain = 1 << 22
/// Parts of an image's windows whose gradients are summed apart, at most.
private let gradientParts = 8

/// How tokens are grouped into windows (Liu et al., Swin Transformer, section 3.2).
package struct WindowShape: Sendable, Equatable {
    /// Tokens of a window, on a side: w.
    package var side: Int
    /// Tokens by which the grid is rolled up and to the left: s.
    package var shift: Int

    /// Windows of w × w tokens; rolled ones where `shift` is not 0.
    package init(side: Int, shift: Int) {
        self.side = side
        self.shift = shift
    }
}

/// Attention of heads within windows of a map, with a relative position bias (Swin Transformer, equations 4 and 5),
/// without projections: qkv [B, H, W, 3C], rows of q | k | v of every head, `padding` [3C] (the qkv of a padded token;
/// nil: zeros), table [(2w − 1)², heads] -> [B, H, W, C].
///
/// The map is padded on the right and bottom to multiples of w, and rolled by −s in both axes; windows of the rolled
/// map with tokens from both of its ends get −100 added between them. Padded tokens are attended to. All that is index
/// arithmetic; scores exist for one window and head at a time. Saves the inputs, and computes the scores again: with
/// S = scale · q · kᵀ + bias + mask, P = softmax(S), y = P · v: dv = Pᵀ · dY, dP = dY · vᵀ,
/// dS = P · (dP − Σ dP · P), dq = scale · dS · k, dk = scale · dSᵀ · q; d(table) sums dS over windows and over pairs of
/// one distance.
package func windowAttention(
    _ qkv: Variable, padding: Variable?, table: Variable, heads: Int, _ shape: WindowShape, scale: Float
) -> Variable {
    let sizes = WindowSizes(qkv.shape, table.shape, padding?.shape, heads: heads, shape, scale: scale)
    let padding = padding ?? Variable(Tensor(zeros: [3 * sizes.channels]))
    let (input, padded, biases) = (qkv.value, padding.value, table.value)
    let y = sizes.forward(input, padding: padded, table: biases)
    let images = qkv.images ?? 1
    return record(y, inputs: [qkv, padding, table]) { dY in
        sizes.backward(dY, input, padding: padded, table: biases, imagesApart: images > 1)
    }
}

/// The sizes of an attention within windows, and its passes.
private struct WindowSizes {
    private let batch, height, width, heads: Int
    let channels: Int
    private let shape: WindowShape
    private let scale: Float

    init(_ qkv: [Int], _ table: [Int], _ padding: [Int]?, heads: Int, _ shape: WindowShape, scale: Float) {
        let span = 2 * shape.side - 1
        precondition(
            qkv.count == 4 && heads > 0 && qkv[3] % (3 * heads) == 0 && padding ?? [qkv[3]] == [qkv[3]]
                && table == [span * span, heads] && shape.side > 0 && (0..<shape.side).contains(shape.shift),
            "windowAttention: qkv \(qkv), padding \(padding ?? []), table \(table), \(heads) heads, \(shape)")
        (batch, height, width, channels) = (qkv[0], qkv[1], qkv[2], qkv[3] / 3)
        (self.heads, self.shape, self.scale) = (heads, shape, scale)
    }

    private var depth: Int { channels / heads }
    private var area: Int { height * width }

    func forward(_ qkv: Tensor, padding: Tensor, table: Tensor) -> Tensor {
        let y = Tensor(uninitialized: [batch, height, width, channels])
        withViews(qkv, padding, table) { views in
            guard let first = views.first else { return }
            let pairs = withUnsafePointer(to: first) { pk_window_count($0) } * heads
            let tokens = shape.side * shape.side
            let grain = max(1, workGrain / (2 * tokens * tokens * depth))
            let chunks = (pairs + grain - 1) / grain
            parallelFor(batch * chunks) { chunk in
                let (image, start) = (chunk / chunks, chunk % chunks * grain)
                withScratch(backward: false) { scratch in
                    var view = views[image]
                    pk_window_attention_forward(
                        &view, start, min(pairs, start + grain), scratch, y.data + image * area * channels)
                }
            }
        }
        return y
    }

    /// Gradients of qkv, padding and table; those of the last two image by image where they are kept apart.
    func backward(_ dY: Tensor, _ qkv: Tensor, padding: Tensor, table: Tensor, imagesApart: Bool) -> [Tensor] {
        let dQKV = Tensor(uninitialized: qkv.shape)
        let size = pk_window_sums(shape.side, depth)
        var sums = Tensor(zeros: [0])
        var parts = 0
        withViews(qkv, padding, table) { views in
            guard let first = views.first else { return }
            let windows = withUnsafePointer(to: first) { pk_window_count($0) }
            let grain = (windows + gradientParts - 1) / gradientParts
            parts = (windows + grain - 1) / grain
            // Of a head, all images one after the other.
            sums = Tensor(zeros: [heads, batch, parts, size])
            parallelFor(heads * batch * parts) { task in
                let (head, image, start) = (task / (batch * parts), task / parts % batch, task % parts * grain)
                withScratch(backward: true) { scratch in
                    var view = views[image]
                    pk_window_attention_backward(
                        &view, head, start, min(windows, start + grain), dY.data + image * area * channels, scratch,
                        dQKV.data + image * area * 3 * channels, sums.data + task * size)
                }
            }
        }
        let groups = imagesApart ? batch : 1
        let shared = [
            paddingGradient(sums, groups: groups, parts: parts), tableGradient(sums, groups: groups, parts: parts),
        ]
        return [dQKV] + (imagesApart ? shared : shared.map { $0.reshaped(Array($0.shape.dropFirst())) })
    }

    /// [groups, 3C], from what the parts of each group of images have at their ends.
    private func paddingGradient(_ sums: Tensor, groups: Int, parts: Int) -> Tensor {
        let gradient = Tensor(uninitialized: [groups, 3 * channels])
        let (size, count) = (sums.channels, batch / groups * parts)
        for group in 0..<groups {
            for channel in 0..<3 * channels {
                let (head, place) = (channel % channels / depth, channel / channels * depth + channel % depth)
                let first = sums.data + (head * groups + group) * count * size + size - 3 * depth + place
                let sum = (0..<count).reduce(0.0) { $0 + Double(first[$1 * size]) }
                gradient.data[group * 3 * channels + channel] = Float(sum)
            }
        }
        withExtendedLifetime(sums) {}
        return gradient
    }

    /// [groups, (2w − 1)², heads].
    private func tableGradient(_ sums: Tensor, groups: Int, parts: Int) -> Tensor {
        let distances = (2 * shape.side - 1) * (2 * shape.side - 1)
        let gradient = Tensor(uninitialized: [groups, distances, heads])
        let (size, count) = (sums.channels, batch / groups * parts)
        parallelFor(heads * groups) { task in
            let (head, group) = (task / groups, task % groups)
            withUnsafeTemporaryAllocation(of: Double.self, capacity: distances) { scratch in
                pk_window_table_gradient(
                    sums.data + task * count * size, count, size, shape.side, heads, scratch.baseAddress,
                    gradient.data + group * distances * heads + head)
            }
        }
        withExtendedLifetime(sums) {}
        return gradient
    }

    /// Calls `body` with the kernel's view of each image.
    private func withViews(
        _ qkv: Tensor, _ padding: Tensor, _ table: Tensor, _ body: ([window_attention]) -> Void
    ) {
        let bias = Tensor(uninitialized: [heads, shape.side * shape.side, pk_window_row(shape.side)])
        pk_window_bias(table.data, shape.side, heads, bias.data)
        let views = (0..<batch).map { image in
            window_attention(
                qkv: qkv.data + image * area * 3 * channels, padding: padding.data, bias: bias.data, height: height,
                width: width, side: shape.side, shift: shape.shift, heads: heads, depth: depth, scale: scale)
        }
        body(views)
        withExtendedLifetime((qkv, padding, bias)) {}
    }

    private func withScratch(backward: Bool, _ body: (UnsafeMutableRawPointer?) -> Void) {
        let bytes = pk_window_scratch(shape.side, depth, backward ? 1 : 0)
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { body($0.baseAddress) }
    }
}
