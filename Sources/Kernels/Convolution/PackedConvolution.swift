// A convolution's weights in the order in which the kernel reads them, and the passes that use them.
import CKernels
import Tensors

/// One lattice of output pixels that share their taps: all of them in a forward convolution, every
/// stride-th in each direction in a transposed one (the sub-pixel form of a data gradient: every output is
/// gathered, none is scattered to).
struct ConvolutionPhase: Sendable {
    let outputRow: Int
    let outputColumn: Int
    /// Offsets in input pixels, ascending.
    let tapRows: [Int]
    let tapColumns: [Int]
    let panels: Tensor
}

/// A convolution, or its transpose, ready to run on inputs of any size.
struct PackedConvolution: Sendable {
    let phases: [ConvolutionPhase]
    let inputChannels: Int
    let outputChannels: Int
    /// Input pixels from one site of the lattice to the next.
    let inputStep: Int
    /// Output pixels from one site of the lattice to the next.
    let outputStep: Int

    /// y = x ∗ weight for weight [O, kh, kw, I].
    init(weight: Tensor, geometry: ConvolutionGeometry) {
        let shape = weight.shape
        (inputChannels, outputChannels) = (shape[3], shape[0])
        (inputStep, outputStep) = (geometry.stride, 1)
        let taps = (0..<shape[1] * shape[2]).map { $0 * shape[3] }
        let panels = packPanels(
            weight.data, outputs: shape[0], outputStep: taps.count * shape[3], taps: taps, channels: shape[3],
            channelStep: 1)
        phases = [
            ConvolutionPhase(
                outputRow: 0, outputColumn: 0, tapRows: geometry.tapOffsets(kernel: shape[1]),
                tapColumns: geometry.tapOffsets(kernel: shape[2]), panels: panels)
        ]
    }

    /// The transpose: from weight's O channels back to its I channels, for weight [O, kh, kw, I].
    init(transposing weight: Tensor, geometry: ConvolutionGeometry) {
        let (shape, stride) = (weight.shape, geometry.stride)
        (inputChannels, outputChannels) = (shape[0], shape[3])
        (inputStep, outputStep) = (1, stride)
        // Output pixel stride·i + phase meets input pixel i + (phase + padding − k·dilation) / stride at
        // tap k.
        func taps(_ kernel: Int, phase: Int) -> [(tap: Int, offset: Int)] {
            (0..<kernel).reversed().compactMap { tap in
                let distance = phase + geometry.padding - tap * geometry.dilation
                return distance % stride == 0 ? (tap, distance / stride) : nil
            }
        }
        phases = (0..<stride * stride).map { index in
            let (rows, columns) = (taps(shape[1], phase: index / stride), taps(shape[2], phase: index % stride))
            let offsets = rows.flatMap { row in columns.map { (row.tap * shape[2] + $0.tap) * shape[3] } }
            let panels = packPanels(
                weight.data, outputs: shape[3], outputStep: 1, taps: offsets, channels: shape[0],
                channelStep: shape[1] * shape[2] * shape[3])
            return ConvolutionPhase(
                outputRow: index / stride, outputColumn: index % stride, tapRows: rows.map(\.offset),
                tapColumns: columns.map(\.offset), panels: panels)
        }
    }
}

/// The number of weight panels that hold so many output channels.
func panelCount(_ outputs: Int) -> Int {
    (outputs + pk_convolution_panel_width() - 1) / pk_convolution_panel_width()
}

/// Weights in panels, see `pk_convolution_pack`.
func packPanels(
    _ weight: UnsafePointer<Float>, outputs: Int, outputStep: Int, taps: [Int], channels: Int, channelStep: Int
) -> Tensor {
    let packed = Tensor(uninitialized: [pk_convolution_packed_count(outputs, taps.count * channels)])
    taps.withUnsafeBufferPointer { taps in
        parallelFor(panelCount(outputs)) { panel in
            pk_convolution_pack(
                weight, outputs, outputStep, taps.count, taps.baseAddress, channels, channelStep, panel, panel + 1,
                packed.data)
        }
    }
    return packed
}
