// Modulated deformable convolution (DCNv2), 3×3, stride 1, padding 1, without bias, as in PEM's pixel
// decoder.
import CKernels
import Kernels
import Tensors

/// Pixels whose columns are in the cache together.
private let tilePixels = 48
/// Pixels whose columns of one tap are: its products are long sums, its share of dW stays in the cache.
private let gradientTilePixels = 512
/// Bands of an evenly split batch of which each has sums of its own in the gradient.
private let mostBands = 16
/// Rows of a band, at least: samples reach beyond it, and each band has its own sums.
private let bandRows = 8

/// x [B, H, W, C], offsetMask [B, H, W, 27], weight [O, 3, 3, C] -> the epilogue of the sums (without residual)
/// [B, H, W, O].
///
/// Channels 0 … 17 of `offsetMask` are (dy, dx) for the nine taps, 18 … 26 the modulations before their
/// sigmoid: the offset convolution's output as it is. A sample is bilinear; of its four pixels those outside
/// count as zero.
package func deformableConvolve(
    _ x: Tensor, offsetMask: Tensor, weight: Tensor, epilogue: Epilogue = Epilogue()
) -> Tensor {
    precondition(epilogue.residual == nil, "deformableConvolve: no residual is added")
    let sampler = DeformableSampler(x, offsetMask: offsetMask, weight: weight)
    let outputs = weight.shape[0]
    let matrix = PackedMatrix(weight, outputs: outputs, inputs: sampler.depth)
    let y = Tensor(uninitialized: Array(x.shape.dropLast()) + [outputs])
    epilogue.check("deformableConvolve", outputShape: y.shape)
    let tiles = (sampler.pixels + tilePixels - 1) / tilePixels
    parallelFor(x.shape[0] * tiles) { index in
        let (image, first) = (index / tiles, index % tiles * tilePixels)
        let count = min(tilePixels, sampler.pixels - first)
        let columns = Tensor(uninitialized: [tilePixels, sampler.depth])
        sampler.withTaps(image: image, pixels: first..<first + count) { view, taps in
            pk_deformable_columns(view, taps, 9 * count, 1, columns.data)
        }
        matrix.multiply(
            columns.data, rows: count, into: y.data + (image * sampler.pixels + first) * outputs,
            stride: outputs, epilogue: epilogue.kernelView())
    }
    withExtendedLifetime(epilogue) {}
    return y
}

/// x [B, H, W, C], offsetMask [B, H, W, 27], weight [O, 3, 3, C] -> [B, H, W, O], see `deformableConvolve`.
///
/// Gradients to all three; the one of the raw 27 channels goes through the sigmoid. Saves the inputs;
/// columns are made again. With `fusion` it is the graph-free kernel.
package func deformableConvolution(
    _ x: Variable, offsetMask: Variable, weight: Variable, fusion: Fusion? = nil
) -> Variable {
    if let fusion {
        return Variable(
            deformableConvolve(x.value, offsetMask: offsetMask.value, weight: weight.value, epilogue: fusion.epilogue))
    }
    let inputs = [x, offsetMask, weight]
    let (wanted, images) = (inputs.map(\.needsGradient), x.images)
    let (savedX, savedOffsets, savedWeight) = (x.value, offsetMask.value, weight.value)
    let y = deformableConvolve(x.value, offsetMask: offsetMask.value, weight: weight.value)
    return record(y, inputs: inputs) {
        DeformableGradient(
            sampler: DeformableSampler(savedX, offsetMask: savedOffsets, weight: savedWeight),
            weight: savedWeight, dY: $0, wanted: wanted, images: images
        ).run()
    }
}

/// What forward and backward share: where the samples of a tile of pixels lie.
private struct DeformableSampler {
    let x: Tensor
    let offsetMask: Tensor
    let zeros: Tensor
    /// Pixels of an image, and floats of a column: 9 · C.
    let pixels: Int
    let depth: Int

    init(_ x: Tensor, offsetMask: Tensor, weight: Tensor) {
        precondition(
            x.shape.count == 4 && offsetMask.shape == Array(x.shape.dropLast()) + [27]
                && weight.shape.count == 4 && Array(weight.shape.dropFirst()) == [3, 3, x.shape[3]],
            "deformableConvolution: \(x.shape), offsets \(offsetMask.shape), weight \(weight.shape)")
        self.x = x
        self.offsetMask = offsetMask
        zeros = Tensor(zeros: [x.channels])
        pixels = x.shape[1] * x.shape[2]
        depth = 9 * x.channels
    }

    func view(image: Int) -> deformable_image {
        deformable_image(
            x: x.data + image * pixels * x.channels, height: x.shape[1], width: x.shape[2],
            channels: x.channels, offset_mask: offsetMask.data + image * pixels * 27, zeros: zeros.data)
    }

    func withTaps(
        image: Int, pixels: Range<Int>, _ body: (UnsafePointer<deformable_image>, UnsafePointer<deformable_tap>) -> Void
    ) {
        var view = view(image: image)
        withUnsafeTemporaryAllocation(of: deformable_tap.self, capacity: 9 * pixels.count) { taps in
            guard let taps = taps.baseAddress else { return }
            pk_deformable_locate(&view, pixels.lowerBound, pixels.upperBound, taps)
            body(&view, taps)
        }
    }
}

/// Rows of an image's gradient that one band adds to.
private struct PartialGradient {
    var rows: Range<Int>
    var values: Tensor
}

/// The backward pass: bands of rows, each with its own part of dX and dW; parts are added in the order of
/// the bands.
private struct DeformableGradient {
    let sampler: DeformableSampler
    let weight: Tensor
    let dY: Tensor
    let wanted: [Bool]
    let images: Int?

    private var shape: [Int] { sampler.x.shape }

    func run() -> [Tensor?] {
        let bands = max(1, min(shape[1] / bandRows, mostBands / shape[0]))
        let rowsTogether = (shape[1] + bands - 1) / bands
        let needsColumns = wanted[0] || wanted[1]
        let (outputs, channels) = (weight.shape[0], shape[3])
        let matrices = (0..<(needsColumns ? 9 : 0)).map { tap in
            PackedMatrix(
                weight.data + tap * channels, outputs: channels, inputs: outputs, outputStep: 1,
                inputStep: sampler.depth)
        }
        let dOffsets = needsColumns ? Tensor(uninitialized: sampler.offsetMask.shape) : nil
        let dWeights = wanted[2] ? Tensor(zeros: [shape[0] * bands, weight.count]) : nil
        let parts = parallelMap(shape[0] * bands) { index in
            let (image, first) = (index / bands, index % bands * rowsTogether)
            let rows = min(shape[1], first)..<min(shape[1], first + rowsTogether)
            let part = wanted[0] ? emptyPart(image: image, rows: rows) : nil
            let end = rows.upperBound * shape[2]
            for first in stride(from: rows.lowerBound * shape[2], to: end, by: gradientTilePixels) {
                addTile(
                    image: image, pixels: first..<min(first + gradientTilePixels, end), matrices: matrices, part: part,
                    dOffsets: dOffsets, dWeight: dWeights.map { $0.data + index * weight.count })
            }
            return part
        }
        return [
            wanted[0] ? merged(parts.compactMap { $0 }, bands: bands) : nil, wanted[1] ? dOffsets : nil,
            dWeights.map { sharedGradient(images, [$0]) { weightGradient($0[0]) } },
        ]
    }

    /// Zeros for the rows of the image that a band's samples can reach.
    private func emptyPart(image: Int, rows: Range<Int>) -> PartialGradient {
        var view = sampler.view(image: image)
        var (first, last) = (0, 0)
        pk_deformable_rows(&view, rows.lowerBound * shape[2], rows.upperBound * shape[2], &first, &last)
        return PartialGradient(rows: first..<last, values: Tensor(zeros: [last - first, shape[2], shape[3]]))
    }

    private func addTile(
        image: Int, pixels: Range<Int>, matrices: [PackedMatrix], part: PartialGradient?, dOffsets: Tensor?,
        dWeight: UnsafeMutablePointer<Float>?
    ) {
        let (outputs, channels, depth) = (weight.shape[0], shape[3], sampler.depth)
        let first = image * sampler.pixels + pixels.lowerBound
        let columns = Tensor(uninitialized: [pixels.count, channels])
        let scrap = Tensor(zeros: [4, channels])
        let dOutput = dY.data + first * outputs
        sampler.withTaps(image: image, pixels: pixels) { view, taps in
            for tap in 0..<9 {
                if let dWeight {
                    pk_deformable_columns(view, taps + tap, pixels.count, 9, columns.data)
                    gemm(
                        transposeA: true, m: outputs, n: channels, k: pixels.count, a: dOutput, lda: outputs,
                        b: columns.data, ldb: channels, beta: 1, c: dWeight + tap * channels, ldc: depth)
                }
                guard let dOffsets else { continue }
                matrices[tap].multiply(dOutput, rows: pixels.count, into: columns.data, stride: channels)
                pk_deformable_gradient(
                    view, taps, pixels.count, tap, columns.data, part?.rows.lowerBound ?? 0,
                    part?.values.data, scrap.data, dOffsets.data + first * 27)
            }
        }
        withExtendedLifetime((columns, scrap)) {}
    }

    /// The sum of all bands' parts: each row of dX adds what reached it in the order of the bands.
    private func merged(_ parts: [PartialGradient], bands: Int) -> Tensor {
        let dX = Tensor(zeros: shape)
        let width = shape[2] * shape[3]
        parallelFor(shape[0] * shape[1]) { line in
            let (image, row) = (line / shape[1], line % shape[1])
            for part in parts[image * bands..<(image + 1) * bands] where part.rows.contains(row) {
                pk_deformable_add(
                    part.values.data + (row - part.rows.lowerBound) * width, width, dX.data + line * width)
            }
        }
        return dX
    }

    private func weightGradient(_ sums: Tensor) -> Tensor {
        let result = Tensor(uninitialized: weight.shape)
        parallelRows(weight.count, grain: 4096) { range in
            pk_column_sums(
                sums.data + range.lowerBound, sums.shape[0], weight.count, range.count, result.data + range.lowerBound)
        }
        return result
    }
}
