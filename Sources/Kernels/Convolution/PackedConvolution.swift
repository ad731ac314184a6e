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
    /// One for each group.
    var panels: [Tensor] = []
}

/// A convolution, or its transpose, ready to run on inputs of any size.
struct PackedConvolution: Sendable {
    let phases: [ConvolutionPhase]
    /// Channels of one group.
    let inputChannels: Int
    let outputChannels: Int
    let groups: Int
    /// Input pixels from one site of the lattice to the next.
    let inputStep: Int
    /// Output pixels from one site of the lattice to the next.
    let outputStep: Int

    /// y = x ∗ weight for weight [O, kh, kw, I].
    init(weight: Tensor, geometry: ConvolutionGeometry) {
        let shape = weight.shape
        groups = geometry.groups
        inputChannels = shape[3]
        outputChannels = shape[0] / groups
        inputStep = geometry.stride
        outputStep = 1
        var phase = ConvolutionPhase(
            outputRow: 0, outputColumn: 0, tapRows: geometry.tapOffsets(kernel: shape[1]),
            tapColumns: geometry.tapOffsets(kernel: shape[2]))
        let taps = (0..<shape[1] * shape[2]).map { $0 * shape[3] }
        let depth = taps.count * shape[3]
        phase.panels = (0..<groups).map { group in
            packPanels(
                weight.data + group * (shape[0] / geometry.groups) * depth, outputs: shape[0] / geometry.groups,
                outputStep: depth, taps: taps, channels: shape[3], channelStep: 1)
        }
        phases = [phase]
    }

    /// The transpose: from weight's O channels back to its I channels, for weight [O, kh, kw, I].
    init(transposing weight: Tensor, geometry: ConvolutionGeometry) {
        let shape = weight.shape
        let stride = geometry.stride
        groups = geometry.groups
        inputChannels = shape[0] / groups
        outputChannels = shape[3]
        inputStep = 1
        outputStep = stride
        // Output pixel stride·i + phase meets input pixel i + (phase + padding − k·dilation) / stride at
        // tap k.
        func taps(_ kernel: Int, phase: Int) -> [(tap: Int, offset: Int)] {
            (0..<kernel).reversed().compactMap { tap in
                let distance = phase + geometry.padding - tap * geometry.dilation
                return distance % stride == 0 ? (tap, distance / stride) : nil
            }
        }
        phases = (0..<stride * stride).map { index in
            let rows = taps(shape[1], phase: index / stride)
            let columns = taps(shape[2], phase: index % stride)
            var phase = ConvolutionPhase(
                outputRow: index / stride, outputColumn: index % stride, tapRows: rows.map(\.offset),
                tapColumns: columns.map(\.offset))
            let offsets = rows.flatMap { row in columns.map { (row.tap * shape[2] + $0.tap) * shape[3] } }
            let depth = shape[1] * shape[2] * shape[3]
            let inputs = shape[0] / geometry.groups
            phase.panels = (0..<geometry.groups).map { group in
                packPanels(
                    weight.data + group * inputs * depth, outputs: shape[3], outputStep: 1, taps: offsets,
                    channels: inputs, channelStep: depth)
            }
            return phase
        }
    }
}

/// The number of weight panels that hold so many output channels.
func panelCount(_ outputs: Int) -> Int {
    (outputs + pk_convolution_panel_width() - 1) / pk_convolution_panel_width()
}

/// The weights of one group in panels, see `pk_convolution_pack`.
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
